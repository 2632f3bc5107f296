using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>IFEval's prompts (github google-research/google-research, instruction_following_eval): a prompt with the checks that an answer must pass.</summary>
internal sealed class IfEvalFormat : DataFormat
{
    private static readonly string[] Checks = ["key", "instruction_id_list", "kwargs"];

    public override string Name => "ifeval";

    public override string About => "key, prompt, instruction_id_list, kwargs";

    public override RowTypes Gives => RowTypes.Prompt;

    public override RowTypes Takes => RowTypes.Prompt;

    internal override string? Recognise(JsonObject row) => HasColumns(row, "prompt", "instruction_id_list", "kwargs");

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks) =>
        [new PromptRow(Dialog.Prompt(new Cells(row, id).Text("prompt"))) { Id = id, Columns = row, Known = ["prompt"] }];

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        if (Dialog.Single(((PromptRow)row).Prompt) is not { System: null } prompt || Checks.Any(column => meta[column] is null))
        {
            remarks.Add("left out: there is no key, instruction_id_list or kwargs beside the row", row.Id);
            return null;
        }

        var to = new JsonObject { ["key"] = meta["key"]!.DeepClone(), ["prompt"] = prompt.Text, ["instruction_id_list"] = meta["instruction_id_list"]!.DeepClone(), ["kwargs"] = meta["kwargs"]!.DeepClone() };
        foreach (var column in Checks)
        {
            meta.Remove(column);
        }

        return to;
    }
}
