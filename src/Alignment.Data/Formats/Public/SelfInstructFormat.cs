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

    public override RowTypes Takes => RowTypes.PromptCompletion;

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
                Facts = InstanceFacts.Of(task.Word("id"), input, (JsonObject)instances[i]!),
            };
        }
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var pair = (PromptCompletionRow)row;
        if (Dialog.Single(pair.Prompt) is not { System: null } prompt || Dialog.Text(pair.Completion) is not { } output)
        {
            remarks.Add("left out: the prompt or the completion is more than one message of text", row.Id);
            return null;
        }

        var (instruction, input) = Dialog.Parted(prompt.Text, meta);
        var to = new JsonObject();
        if ((meta["id"] ?? meta[RowMeta.Group]) is { } id)
        {
            to["id"] = id.DeepClone();
        }

        foreach (var column in (string[])["name", "is_classification"])
        {
            if (meta[column] is { } value)
            {
                to[column] = value.DeepClone();
                meta.Remove(column);
            }
        }

        meta.Remove("id");
        to["instruction"] = instruction;
        to["instances"] = new JsonArray(InstanceFacts.Put(new JsonObject { ["input"] = input, ["output"] = output }, meta));
        return to;
    }

    internal override bool Merge(JsonObject last, JsonObject next) => InstanceFacts.Join(last, next, "instances");
}
