using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Trl;

/// <summary>TRL's unpaired preferences, for KTO.</summary>
internal sealed class TrlUnpairedFormat : TrlFormat
{
    public override string Name => "trl-unpaired";

    public override string About => "prompt, completion, label (true or false)";

    public override RowTypes Gives => RowTypes.Unpaired;

    public override string[] Needed => ["prompt", "completion", "label"];

    internal override DataRow ReadOne(JsonObject row, string id)
    {
        var cells = new Cells(row, id);
        var prompt = cells.Content("prompt");
        return new UnpairedRow(prompt, cells.Content("completion"), cells.Flag("label") ?? throw new DataFormatException(id, "'label' is null", "it must be true or false"))
        {
            Id = id,
            Columns = row,
            Known = Known(prompt),
        };
    }

    internal override JsonObject Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var one = (UnpairedRow)row;
        var to = new JsonObject { ["prompt"] = MessageJson.Of(one.Prompt), ["completion"] = MessageJson.Of(one.Completion), ["label"] = one.Label };
        AddVariables(to, one.Prompt);
        return to;
    }

    private protected override bool ExtraSign(JsonObject row) => row["label"]!.GetValueKind() is JsonValueKind.True or JsonValueKind.False;
}
