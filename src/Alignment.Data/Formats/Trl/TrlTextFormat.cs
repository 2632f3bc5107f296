using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Trl;

/// <summary>TRL's language modelling on text.</summary>
internal sealed class TrlTextFormat : TrlFormat
{
    public override string Name => "trl-text";

    public override string About => "text";

    public override RowTypes Gives => RowTypes.Text;

    public override string[] Needed => ["text"];

    internal override DataRow ReadOne(JsonObject row, string id) => new Cells(row, id).Content("text") is PlainContent { Text: var text }
        ? new TextRow(text) { Id = id, Columns = row, Known = Needed }
        : throw new DataFormatException(id, "column 'text' is a list", "it must be text; lists of messages belong into 'messages'");

    internal override JsonObject Write(DataRow row, JsonObject meta, Remarks remarks) => new() { ["text"] = ((TextRow)row).Text };

    private protected override bool ExtraSign(JsonObject row) => row["label"] is null;
}
