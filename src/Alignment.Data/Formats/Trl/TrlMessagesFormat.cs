using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Trl;

/// <summary>TRL's language modelling on conversations.</summary>
internal sealed class TrlMessagesFormat : TrlFormat
{
    public override string Name => "trl-messages";

    public override string About => "messages";

    public override RowTypes Gives => RowTypes.Messages;

    public override string[] Needed => ["messages"];

    internal override DataRow ReadOne(JsonObject row, string id) => new Cells(row, id).Content("messages") is ChatContent chat
        ? new MessagesRow(chat.Messages) { Id = id, Columns = row, Variables = chat.Variables, Known = Known(chat) }
        : throw new DataFormatException(id, "column 'messages' is text", "it must be a list of {\"role\", \"content\"}; text belongs into 'text'");

    internal override JsonObject Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var chat = (MessagesRow)row;
        var to = new JsonObject { ["messages"] = MessageJson.Of(chat.Messages) };
        MessageJson.AddVariables(to, chat.Variables);
        return to;
    }
}
