using System.Globalization;
using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>Self-Instruct's tasks (github yizhongw/self-instruct): an instruction with instances of input and output. Rows of a task share a group.</summary>
internal sealed class SelfInstructFormat : DataFormat
{
    private static readonly string[] Known = ["instruction", "instances"];

    public override string Name => "self-instruct";

    public override string About => "instruction, instances of input and output";

    public override RowTypes Gives => RowTypes.PromptCompletion;

    internal override string? Recognise(JsonObject row) => row["instances"] is JsonArray ? HasColumns(row, Known) : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var (task, instances) = (new Cells(row, id), new Cells(row, id).List("instances"));
        for (var i = 0; i < instances.Count; i++)
        {
            var instance = new Cells(instances[i] as JsonObject ?? throw new DataFormatException(id, $"instance {i + 1} is no object", "give input and output"), id);
            var input = instance.Word("input");
            yield return new PromptCompletionRow(Dialog.Prompt(Dialog.Instruction(task.Text("instruction"), input)), Dialog.Answer(instance.Text("output")))
            {
                Id = instances.Count == 1 ? id : string.Create(CultureInfo.InvariantCulture, $"{id}#{i + 1}"),
                Columns = row,
                Known = Known,
                Facts = string.IsNullOrEmpty(input) ? new JsonObject { [RowMeta.Group] = task.Word("id") } : new JsonObject { [RowMeta.Group] = task.Word("id"), ["input"] = input },
            };
        }
    }
}
