using System.Text;
using System.Text.Json.Nodes;

namespace Alignment.Training.Options;

/// <summary>The help of a stage: its arguments and the table of its options.</summary>
public static class OptionsHelp
{
    private const int Width = 118;

    /// <summary>The whole help text of a stage.</summary>
    /// <param name="kind">The kind of stage.</param>
    /// <param name="description">What it does.</param>
    /// <param name="optionsType">Its options record.</param>
    /// <returns>The text, without a last line end.</returns>
    public static string ForStage(string kind, string description, Type optionsType) => $"""
        alignment {kind}: {(description.Length > 0 ? description : "one stage of a pipeline")}

        Usage: alignment {kind} --config FILE [--stage NAME] [options]

          --config FILE         the pipeline file that has the stage
          --stage NAME          the stage's name; may be left out when the file has one stage of kind {kind}
          --run-dir DIR         the run's folder; default: the file's output, or runs/NAME
          --seed N              the seed; default: the stage's, or the pipeline's
          --set KEY.SUB=VALUE   changes one option; may be repeated
          --afresh              starts again even where an interrupted run could be resumed
          --verbose             shows stack traces
          --help                this text

        Options of the stage in the file:

        {Table(optionsType)}
        """;

    /// <summary>Name, type, default and description of every option, nested ones indented by their path.</summary>
    /// <param name="optionsType">An options record.</param>
    /// <returns>The table, without a last line end.</returns>
    public static string Table(Type optionsType)
    {
        var rows = Rows(OptionType.Of(optionsType), "", Defaults(optionsType)).ToList();
        var name = Math.Min(36, rows.Max(r => r.Name.Length));
        var type = Math.Min(24, rows.Max(r => r.Type.Length));
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var head = $"  {row.Name.PadRight(name)}  {row.Type.PadRight(type)}  ";
            var indent = new string(' ', name + type + 6);
            var first = true;
            foreach (var line in Wrap($"{row.Description}{(row.Description.Length > 0 ? " " : "")}[{row.Default}]", Math.Max(30, Width - head.Length)))
            {
                text.Append(first ? head : indent).Append(line).Append('\n');
                first = false;
            }
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>The values that a record has when nothing is given.</summary>
    internal static JsonObject Defaults(Type optionsType) => OptionsJson.Write(Activator.CreateInstance(optionsType)!);

    private static IEnumerable<(string Name, string Type, string Default, string Description)> Rows(OptionType record, string path, JsonObject? defaults)
    {
        foreach (var member in record.Members)
        {
            var name = path + member.Name;
            var value = defaults?[member.Name];
            var shown = member.Required ? "required" : value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 } ? "none" : member.Type.Shape == OptionShape.Record ? "see below" : value.ToJsonString().Trim('"');
            yield return (name, TypeName(member.Type), shown, member.Description);
            var (inner, suffix) = member.Type.Shape switch
            {
                OptionShape.Record => (member.Type, "."),
                OptionShape.List => (member.Type.Element!, "[]."),
                OptionShape.Map => (member.Type.Element!, ".NAME."),
                _ => (null, ""),
            };
            if (inner is { Shape: OptionShape.Record })
            {
                var innerDefaults = member.Type.Shape == OptionShape.Record && value is JsonObject given ? given : Defaults(inner.Type);
                foreach (var row in Rows(inner, name + suffix, innerDefaults))
                {
                    yield return row;
                }
            }
        }
    }

    private static string TypeName(OptionType type) => type.Shape switch
    {
        OptionShape.Text => "text",
        OptionShape.Whole => "whole number",
        OptionShape.Real => "number",
        OptionShape.Flag => "true | false",
        OptionShape.Choice => string.Join(" | ", type.Choices()),
        OptionShape.List => $"list of {TypeName(type.Element!)}",
        OptionShape.Map => $"name: {TypeName(type.Element!)}",
        _ => "options",
    };

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }
}
