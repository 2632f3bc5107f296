using System.Globalization;
using System.Text.Json.Nodes;
using Alignment.Data.Formats;

namespace Alignment.Data.Instructions;

/// <summary>A task file of Super-NaturalInstructions (Wang et al. 2022): its instances have the columns <c>definition</c>, <c>input</c>, <c>output</c> (a list of right ones) and <c>id</c>.</summary>
internal sealed class NaturalRecords : ITaskRecords
{
    /// <summary>The columns of an instance.</summary>
    public const string Definition = "definition";

    /// <summary>The column of the right outputs.</summary>
    public const string Output = "output";

    /// <inheritdoc/>
    public IEnumerable<(string Id, JsonObject Columns)> Read(InstructionTask task, Remarks remarks)
    {
        foreach (var record in JsonRecords.Read(task.Files[0]))
        {
            var file = JsonObjects.Parse(record, nanAsNull: true); // some files of the collection hold NaN
            var definition = DefinitionOf(file, record.Id);
            if (file["Categories"] is JsonArray { Count: > 0 } categories)
            {
                task.Cluster = TaskRow.Word(categories[0]);
            }

            var number = 0;
            foreach (var item in new Cells(file, record.Id).List("Instances"))
            {
                var place = string.Create(CultureInfo.InvariantCulture, $"{record.Id}#{++number}");
                yield return (place, Columns(definition, item, place));
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Id, JsonObject Columns)> Examples(InstructionTask task)
    {
        List<(string, JsonObject)> examples = [];
        foreach (var record in JsonRecords.Read(task.Files[0]))
        {
            var file = JsonObjects.Parse(record, nanAsNull: true);
            foreach (var item in file["Positive Examples"] as JsonArray ?? [])
            {
                var place = string.Create(CultureInfo.InvariantCulture, $"{record.Id}, positive example {examples.Count + 1}");
                examples.Add((place, Columns(DefinitionOf(file, record.Id), item, place)));
            }
        }

        return examples;
    }

    private static string DefinitionOf(JsonObject file, string id) =>
        (file["Definition"] is JsonArray { Count: > 0 } list ? TaskRow.Word(list[0]) : new Cells(file, id).Text("Definition")).Trim();

    private static JsonObject Columns(string definition, JsonNode? item, string place)
    {
        var instance = item as JsonObject ?? throw new DataFormatException(place, $"the instance is {JsonObjects.Describe(item)}", "it must have input and output");
        return new JsonObject
        {
            [Definition] = definition,
            ["input"] = new Cells(instance, place).Text("input"),
            [Output] = instance[Output]?.DeepClone(),
            ["id"] = instance["id"]?.DeepClone(),
        };
    }
}
