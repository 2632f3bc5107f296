using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Trl;

/// <summary>TRL's prompts with completions.</summary>
internal sealed class TrlPromptCompletionFormat : TrlFormat
{
    public override string Name => "trl-prompt-completion";

    public override string About => "prompt, completion";

    public override RowTypes Gives => RowTypes.PromptCompletion;

    public override string[] Needed => ["prompt", "completion"];

    internal override DataRow ReadOne(JsonObject row, string id)
    {
        var cells = new Cells(row, id);
        var prompt = cells.Content("prompt");
        return new PromptCompletionRow(prompt, cells.Content("completion")) { Id = id, Columns = row, Known = Known(prompt) };
    }

    internal override JsonObject Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var pair = (PromptCompletionRow)row;
        var (prompt, completion) = (pair.Prompt, pair.Completion);
        var to = new JsonObject { ["prompt"] = MessageJson.Of(prompt), ["completion"] = MessageJson.Of(completion) };
        AddVariables(to, prompt);
        return to;
    }
}
