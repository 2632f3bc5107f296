using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>OpenAI's fine-tuning conversations: messages (an assistant's may have a <c>weight</c>), tools, parallel_tool_calls.</summary>
internal sealed class OpenAiChatFormat : DataFormat
{
    private static readonly string[] Known = ["messages", .. TemplateColumns.All];
    private static readonly string[] Keys = ["role", "content", "name", "tool_calls", "tool_call_id", "weight", "refusal"];

    public override string Name => "openai-chat";

    public override string About => "messages; tools, parallel_tool_calls; nothing else";

    public override RowTypes Gives => RowTypes.Messages;

    public override RowTypes Takes => Gives;

    public override bool HoldsMeta => false;

    internal override string? Recognise(JsonObject row) => row["messages"] is not JsonArray list ? null
        : row["parallel_tool_calls"] is not null ? "messages with parallel_tool_calls"
        : list.Any(message => (message as JsonObject)?["weight"] is not null) ? "messages with weights" : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks) =>
        [new MessagesRow(new Cells(row, id).Messages("messages")) { Id = id, Columns = row, Variables = TemplateColumns.Of(row, id), Known = Known }];

    internal override JsonObject Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var chat = (MessagesRow)row;
        var to = new JsonObject { ["messages"] = Strict(chat.Messages, row.Id, remarks) };
        AddTools(to, chat.Variables, meta);
        return to;
    }

    /// <summary>Messages with the keys that OpenAI takes.</summary>
    public static JsonArray Strict(IEnumerable<Message> messages, string id, Remarks remarks)
    {
        var list = MessageJson.Of(messages);
        foreach (var message in list.OfType<JsonObject>())
        {
            foreach (var other in message.Select(pair => pair.Key).Except(Keys).ToList())
            {
                message.Remove(other);
                remarks.Add($"lost: '{other}' of messages", id);
            }
        }

        return list;
    }

    /// <summary>The tools, and what stayed of OpenAI's own columns.</summary>
    public static void AddTools(JsonObject to, string? variables, JsonObject meta)
    {
        if (variables is not null && JsonNode.Parse(variables)!["tools"] is { } tools)
        {
            to["tools"] = tools.DeepClone();
        }

        if (meta["parallel_tool_calls"] is { } parallel)
        {
            to["parallel_tool_calls"] = parallel.DeepClone();
            meta.Remove("parallel_tool_calls");
        }
    }
}
