using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>LLaMA-Factory's version 1 rows: messages of typed parts (<c>type</c>, <c>value</c>) with a <c>loss_weight</c>, two lists of them for a pair.</summary>
internal sealed class LlamaFactoryV1Format : DataFormat
{
    private static readonly string[] Known = ["chosen_messages", "rejected_messages", "messages"];

    public override string Name => "llama-factory-v1";

    public override string About => "chosen_messages, rejected_messages (or messages) of role, content of type and value, loss_weight";

    public override RowTypes Gives => RowTypes.Preference | RowTypes.Messages;

    public override RowTypes Takes => Gives;

    internal override string? Recognise(JsonObject row) => HasColumns(row, "chosen_messages", "rejected_messages")
        ?? (row["messages"] is JsonArray list && list.Any(message => (message as JsonObject)?["loss_weight"] is not null) ? "messages with loss_weight" : null);

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        if (row["chosen_messages"] is null)
        {
            return [new MessagesRow(Messages(row, "messages", id, remarks)) { Id = id, Columns = row, Known = Known }];
        }

        var (prompt, chosen, rejected) = PromptSplit.Split(Messages(row, "chosen_messages", id, remarks), Messages(row, "rejected_messages", id, remarks));
        return [new PreferenceRow(prompt, chosen, rejected) { Id = id, Columns = row, Known = Known }];
    }

    internal override JsonObject Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        if (row is MessagesRow chat)
        {
            return new JsonObject { ["messages"] = new JsonArray([.. chat.Messages.Select(message => Json(message, message.Role == Message.Assistant))]) };
        }

        var pair = (PreferenceRow)row;
        return new JsonObject { ["chosen_messages"] = Side(pair.Prompt, pair.Chosen), ["rejected_messages"] = Side(pair.Prompt, pair.Rejected) };
    }

    private static List<Message> Messages(JsonObject row, string column, string id, Remarks remarks) => [.. new Cells(row, id).List(column).Select((item, i) =>
    {
        var cells = new Cells(item as JsonObject ?? throw new DataFormatException(id, $"message {i + 1} of '{column}' is {JsonObjects.Describe(item)}", "give role and content"), id);
        var role = cells.Text("role");
        var texts = cells.List("content").Select(part => part is JsonObject map && map["type"]?.ToString() == "text" && (map["value"] ?? map["text"]) is JsonValue value && value.TryGetValue<string>(out var text)
            ? text
            : throw new DataFormatException(id, $"message {i + 1} of '{column}' has a part that is no text", "only parts of type text can be read"));
        if (cells.Number("loss_weight") is { } weight && weight != (role == Message.Assistant ? 1 : 0))
        {
            remarks.Add("lost: a loss_weight other than 1 for the assistant and 0 for others", id);
        }

        return new Message(role is Message.System or Message.User or Message.Assistant or Message.Tool ? role
            : throw new DataFormatException(id, $"message {i + 1} of '{column}' has the unknown role '{role}'", "use system, user, assistant or tool"), string.Concat(texts));
    })];

    private static JsonArray Side(Content prompt, Content response)
    {
        var asked = prompt is ChatContent chat ? chat.Messages : [new Message(Message.User, prompt.ToString()!)];
        var answered = response is ChatContent answer ? answer.Messages : [new Message(Message.Assistant, response.ToString()!)];
        return [.. asked.Select(message => Json(message, false)), .. answered.Select(message => Json(message, message.Role == Message.Assistant))];
    }

    private static JsonObject Json(Message message, bool learned) => new()
    {
        ["role"] = message.Role,
        ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["value"] = message.Content }),
        ["loss_weight"] = learned ? 1.0 : 0.0,
    };
}
