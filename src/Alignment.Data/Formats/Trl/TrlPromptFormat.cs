using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Trl;

/// <summary>TRL's prompts.</summary>
internal sealed class TrlPromptFormat : TrlFormat
{
    public override string Name => "trl-prompt";

    public override string About => "prompt";

    public override RowTypes Gives => RowTypes.Prompt;

    public override string[] Needed => ["prompt"];

    internal override DataRow ReadOne(JsonObject row, string id)
    {
        var prompt = new Cells(row, id).Content("prompt");
        return new PromptRow(prompt) { Id = id, Columns = row, Known = Known(prompt) };
    }

    internal override JsonObject Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var prompt = ((PromptRow)row).Prompt;
        var to = new JsonObject { ["prompt"] = MessageJson.Of(prompt) };
        AddVariables(to, prompt);
        return to;
    }
}
