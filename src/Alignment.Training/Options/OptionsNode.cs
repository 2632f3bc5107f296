namespace Alignment.Training.Options;

/// <summary>A YAML value that remembers where it stood. Exactly one of <see cref="Scalar"/>, <see cref="Items"/> and
/// <see cref="Entries"/> is set.</summary>
public sealed record OptionsNode
{
    /// <summary>The file that the value came from, or what the user typed.</summary>
    public required string File { get; init; }

    /// <summary>The line of the value, counted from 1; 0 for what the user typed.</summary>
    public required int Line { get; init; }

    /// <summary>The text of a scalar.</summary>
    public string? Scalar { get; init; }

    /// <summary>Whether the scalar stood in quotes, and so is text whatever it looks like.</summary>
    public bool Quoted { get; init; }

    /// <summary>The values of a list.</summary>
    public IReadOnlyList<OptionsNode>? Items { get; init; }

    /// <summary>The pairs of a mapping in their order, repeated keys included.</summary>
    public IReadOnlyList<OptionsEntry>? Entries { get; init; }

    /// <summary>Whether the value is empty: <c>key:</c>, <c>null</c> or <c>~</c>.</summary>
    public bool IsNull => Scalar is "" or "null" or "~" && !Quoted;

    /// <summary>The value of a key of this mapping.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value; null when this is no mapping or has no such key.</returns>
    public OptionsNode? this[string key] => Entries?.FirstOrDefault(e => e.Key == key)?.Value;

    /// <summary>Follows a path such as <c>train.files[0]</c> as far as it goes.</summary>
    /// <param name="path">Keys and indices.</param>
    /// <returns>The line of the deepest value found.</returns>
    public int LineOf(string path)
    {
        OptionsNode node = this;
        var line = Line;
        foreach (var key in path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.'))
        {
            if (node.Entries?.FirstOrDefault(e => e.Key == key) is { } entry)
            {
                (node, line) = (entry.Value, entry.Line);
            }
            else if (node.Items is { } items && int.TryParse(key, out var index) && index < items.Count)
            {
                node = items[index];
                line = node.Line;
            }
            else
            {
                break;
            }
        }

        return line;
    }

    /// <summary>What the value is, in the words of an error message.</summary>
    /// <returns>For instance <c>'three'</c> or <c>a list</c>.</returns>
    public string Describe() => this switch
    {
        { IsNull: true } => "empty",
        { Scalar: { } text } => Quoted ? $"the text \"{text}\"" : $"'{text}'",
        { Items: not null } => "a list",
        _ => "a mapping",
    };

    /// <summary>Replaces or adds one value, making mappings on the way.</summary>
    /// <param name="assignment"><c>a.b=value</c>; the value is YAML, so <c>[x, y]</c> is a list. A number on the way is a list index.</param>
    /// <param name="below">A path, in dots, that the assignment's key continues.</param>
    /// <returns>The changed tree; this one stays as it is.</returns>
    /// <exception cref="OptionsException">The text is no assignment, or the path leads through a scalar or out of a list.</exception>
    public OptionsNode With(string assignment, string below = "")
    {
        ArgumentNullException.ThrowIfNull(assignment);
        var source = $"--set {assignment}";
        var cut = assignment.IndexOf('=', StringComparison.Ordinal);
        if (cut <= 0)
        {
            throw new OptionsException(source, 0, "is not of the form key=value or key.sub=value");
        }

        var value = WithoutLines(OptionsYaml.ParseValue(assignment[(cut + 1)..], source));
        string[] path = [.. below.Split('.', StringSplitOptions.RemoveEmptyEntries), .. assignment[..cut].Split('.')];
        return Replace(this, path, value);
    }

    private static OptionsNode WithoutLines(OptionsNode node) => node with
    {
        Line = 0,
        Items = node.Items?.Select(WithoutLines).ToArray(),
        Entries = node.Entries?.Select(e => new OptionsEntry(e.Key, 0, WithoutLines(e.Value))).ToArray(),
    };

    private static OptionsNode Replace(OptionsNode? node, ReadOnlySpan<string> path, OptionsNode value)
    {
        if (path.IsEmpty)
        {
            return value;
        }

        var key = path[0];
        if (node is { Items: { } items })
        {
            if (!int.TryParse(key, out var index) || index < 0 || index >= items.Count)
            {
                throw new OptionsException(value.File, 0, $"'{key}' is not a place in a list of {items.Count} values; use 0 to {items.Count - 1}");
            }

            OptionsNode[] changed = [.. items];
            changed[index] = Replace(items[index], path[1..], value);
            return node with { Items = changed };
        }

        if (node is { Scalar: not null, IsNull: false })
        {
            throw new OptionsException(value.File, 0, $"'{key}' cannot be set inside {node.Describe()} ({node.File}:{node.Line}), which is not a mapping");
        }

        var target = node is { Entries: not null } ? node : new OptionsNode { File = value.File, Line = value.Line, Entries = [] };
        List<OptionsEntry> entries = [.. target.Entries!];
        var at = entries.FindIndex(e => e.Key == key);
        var entry = new OptionsEntry(key, value.Line, Replace(at < 0 ? null : entries[at].Value, path[1..], value));
        if (at < 0)
        {
            entries.Add(entry);
        }
        else
        {
            entries[at] = entry;
        }

        return target with { Entries = entries };
    }
}
