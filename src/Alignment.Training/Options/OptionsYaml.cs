using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Alignment.Training.Options;

/// <summary>Reads YAML into <see cref="OptionsNode"/>s. Repeated keys are kept, so that the binder can report all of them.</summary>
public static class OptionsYaml
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its mapping.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OptionsException">The file is no YAML mapping.</exception>
    public static OptionsNode ParseFile(string path) =>
        File.Exists(path)
            ? ParseMapping(File.ReadAllText(path), path)
            : throw new FileNotFoundException($"{path}: no such configuration file (looked in {Directory.GetCurrentDirectory()}); check the name", path);

    /// <summary>Reads text that must be a mapping.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">The name for messages.</param>
    /// <returns>The mapping.</returns>
    /// <exception cref="OptionsException">The text is no YAML mapping.</exception>
    public static OptionsNode ParseMapping(string yaml, string file)
    {
        var node = ParseValue(yaml, file);
        return node.Entries is not null
            ? node
            : throw new OptionsException(file, node.Line, $"the file is {node.Describe()}; a mapping of 'key: value' lines is wanted");
    }

    /// <summary>Reads text that may be any value.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">The name for messages.</param>
    /// <returns>The value; an empty scalar for empty text.</returns>
    /// <exception cref="OptionsException">The text is not YAML, or holds several documents.</exception>
    public static OptionsNode ParseValue(string yaml, string file)
    {
        try
        {
            var parser = new Parser(new StringReader(yaml));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                return new OptionsNode { File = file, Line = 1, Scalar = "" };
            }

            var node = Read(parser, file, []);
            parser.Consume<DocumentEnd>();
            return parser.TryConsume<DocumentStart>(out var second)
                ? throw new OptionsException(file, (int)second.Start.Line, "a second YAML document starts here; one is wanted")
                : node;
        }
        catch (YamlException e)
        {
            // The parser names the line where the mapping began, not the one with the tab.
            throw TabbedLine(yaml) is { } line
                ? new OptionsException(file, line, "is not valid YAML: a tab indents this line; use spaces")
                : new OptionsException(file, (int)e.Start.Line, $"is not valid YAML: {e.Message}");
        }
    }

    private static int? TabbedLine(string yaml)
    {
        var line = 0;
        foreach (var text in yaml.AsSpan().EnumerateLines())
        {
            line++;
            if (text[..^text.TrimStart().Length].Contains('\t') && !text.TrimStart().IsEmpty)
            {
                return line;
            }
        }

        return null;
    }

    private static OptionsNode Read(IParser parser, string file, Dictionary<AnchorName, OptionsNode> anchors)
    {
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.TryGetValue(alias.Value, out var known)
                ? known
                : throw new OptionsException(file, (int)alias.Start.Line, $"the alias '*{alias.Value}' has no anchor '&{alias.Value}' above it");
        }

        var start = parser.Current as NodeEvent;
        var node = ReadFresh(parser, file, anchors);
        if (start is { Anchor.IsEmpty: false })
        {
            anchors[start.Anchor] = node;
        }

        return node;
    }

    private static OptionsNode ReadFresh(IParser parser, string file, Dictionary<AnchorName, OptionsNode> anchors)
    {
        if (parser.TryConsume<SequenceStart>(out var list))
        {
            List<OptionsNode> items = [];
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Read(parser, file, anchors));
            }

            return new OptionsNode { File = file, Line = (int)list.Start.Line, Items = items };
        }

        if (parser.TryConsume<MappingStart>(out var map))
        {
            List<OptionsEntry> entries = [];
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = Read(parser, file, anchors);
                if (key.Scalar is null)
                {
                    throw new OptionsException(file, key.Line, $"{key.Describe()} stands where a key is wanted");
                }

                entries.Add(new OptionsEntry(key.Scalar, key.Line, Read(parser, file, anchors)));
            }

            return new OptionsNode { File = file, Line = (int)map.Start.Line, Entries = entries };
        }

        var scalar = parser.Consume<Scalar>();
        return new OptionsNode { File = file, Line = (int)scalar.Start.Line, Scalar = scalar.Value, Quoted = scalar.Style != ScalarStyle.Plain };
    }
}
