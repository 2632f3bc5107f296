using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Training.Pipelines;

namespace Alignment.Training.Options;

/// <summary>JSON schema (draft 7) of options records, so that editors complete and check pipeline files.</summary>
public static class OptionsSchema
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>The schema of a pipeline file as text.</summary>
    /// <param name="kinds">The options record of each kind of stage.</param>
    /// <returns>Indented JSON with a last line end.</returns>
    public static string PipelineText(IReadOnlyDictionary<string, Type> kinds) => Pipeline(kinds).ToJsonString(Layout) + "\n";

    /// <summary>The schema of a pipeline file.</summary>
    /// <param name="kinds">The options record of each kind of stage.</param>
    /// <returns>The schema.</returns>
    public static JsonObject Pipeline(IReadOnlyDictionary<string, Type> kinds)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        var definitions = new JsonObject();
        var choices = new JsonArray();
        foreach (var (kind, type) in kinds)
        {
            definitions[kind] = StageOf(kind, type);
            choices.Add(new JsonObject
            {
                ["if"] = new JsonObject { ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["const"] = kind } }, ["required"] = new JsonArray("kind") },
                ["then"] = Reference(kind),
            });
        }

        var stage = new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray("kind"),
            ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["enum"] = new JsonArray([.. kinds.Keys.Select(k => (JsonNode)k)]) } },
            ["allOf"] = choices,
        };
        definitions["stage"] = stage;
        definitions[PipelineRounds.Kind] = Rounds();
        return new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "Alignment pipeline",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JsonArray("stages"),
            ["properties"] = new JsonObject
            {
                ["name"] = Plain("string", "the run's name; its folder is runs/NAME"),
                ["seed"] = Plain("integer", "the seed of stages that have none of their own"),
                ["output"] = Plain("string", "the run's folder, in place of runs/NAME"),
                ["stages"] = new JsonObject
                {
                    ["description"] = "the stages in the order in which they run; stage:NAME as a value is that stage's model folder, stage:NAME/FILE a file or folder of its output",
                    ["type"] = "object",
                    ["minProperties"] = 1,
                    ["additionalProperties"] = new JsonObject
                    {
                        ["if"] = new JsonObject { ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["const"] = PipelineRounds.Kind } }, ["required"] = new JsonArray("kind") },
                        ["then"] = Reference(PipelineRounds.Kind),
                        ["else"] = Reference("stage"),
                    },
                },
            },
            ["definitions"] = definitions,
        };
    }

    private static JsonObject Rounds() => new()
    {
        ["description"] = "stages that run several times; those of round 2 are called NAME-2",
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["required"] = new JsonArray("kind", "times", "stages"),
        ["properties"] = new JsonObject
        {
            ["kind"] = new JsonObject { ["const"] = PipelineRounds.Kind },
            ["times"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = PipelineRounds.MostTimes, ["description"] = "how many rounds" },
            ["start"] = new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = new JsonObject { ["type"] = "string" },
                ["description"] = "for stages that stage:previous:NAME names: what stands for them in round 1, stage:NAME or a path",
            },
            ["stages"] = new JsonObject
            {
                ["description"] = "the stages of a round; stage:NAME is that stage's result in the same round, stage:previous:NAME in the round before, $round the round's number; stage:last:NAME, below the block, the last round's",
                ["type"] = "object",
                ["minProperties"] = 1,
                ["additionalProperties"] = Reference("stage"),
            },
        },
    };

    private static JsonObject Reference(string definition) => new() { ["$ref"] = $"#/definitions/{definition}" };

    private static JsonObject StageOf(string kind, Type type)
    {
        var schema = RecordOf(OptionType.Of(type), OptionsHelp.Defaults(type));
        var properties = (JsonObject)schema["properties"]!;
        properties["kind"] = new JsonObject { ["const"] = kind };
        properties["seed"] = Plain("integer", "the stage's own seed");
        return schema;
    }

    private static JsonObject RecordOf(OptionType type, JsonObject? defaults)
    {
        var properties = new JsonObject();
        foreach (var member in type.Members)
        {
            var schema = TypeOf(member.Type, member.Type.Shape == OptionShape.Record ? defaults?[member.Name] as JsonObject : null);
            if (member.MayBeNull)
            {
                schema = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
            }

            if (member.Description.Length > 0)
            {
                schema["description"] = member.Description;
            }

            if (!member.Required && member.Type.Shape != OptionShape.Record && defaults?[member.Name] is { } value)
            {
                schema["default"] = value.DeepClone();
            }

            properties[member.Name] = schema;
        }

        var record = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        var required = type.Members.Where(m => m.Required).Select(m => (JsonNode)m.Name).ToArray();
        if (required.Length > 0)
        {
            record["required"] = new JsonArray(required);
        }

        return record;
    }

    private static JsonObject TypeOf(OptionType type, JsonObject? defaults) => type.Shape switch
    {
        OptionShape.Text => new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") },
        OptionShape.Whole => new JsonObject { ["type"] = "integer" },
        OptionShape.Real => new JsonObject { ["type"] = "number" },
        OptionShape.Flag => new JsonObject { ["type"] = "boolean" },
        OptionShape.Choice => new JsonObject { ["enum"] = new JsonArray([.. type.Choices().Select(c => (JsonNode)c)]) },
        OptionShape.Map => new JsonObject { ["type"] = "object", ["additionalProperties"] = ElementOf(type) },
        OptionShape.List when type.Element!.Shape is OptionShape.Record or OptionShape.Map or OptionShape.List => new JsonObject { ["type"] = "array", ["items"] = ElementOf(type) },
        OptionShape.List => new JsonObject { ["anyOf"] = new JsonArray(ElementOf(type), new JsonObject { ["type"] = "array", ["items"] = ElementOf(type) }) },
        _ => RecordOf(type, defaults),
    };

    private static JsonObject ElementOf(OptionType type) =>
        TypeOf(type.Element!, type.Element!.Shape == OptionShape.Record ? OptionsHelp.Defaults(type.Element.Type) : null);

    private static JsonObject Plain(string type, string description) => new() { ["type"] = type, ["description"] = description };
}
