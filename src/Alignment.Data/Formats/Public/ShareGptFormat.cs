using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>
/// ShareGPT's conversations with LLaMA-Factory's columns (its data/README.md): turns under <c>conversations</c> or <c>messages</c>, by <c>from</c> and <c>value</c> or <c>role</c> and
/// <c>content</c>; a pair's last turns as <c>chosen</c> and <c>rejected</c>; a verdict as <c>kto_tag</c> or <c>label</c>.
/// </summary>
internal sealed class ShareGptFormat : DataFormat
{
    private static readonly string[] Known = ["conversations", "messages", "chosen", "rejected", "kto_tag", "label", "system", .. TemplateColumns.All];

    public override string Name => "sharegpt";

    public override string About => "conversations of from, value (or messages with a label); system, tools, chosen, rejected, kto_tag";

    public override RowTypes Gives => RowTypes.Messages | RowTypes.Preference | RowTypes.Unpaired | RowTypes.Prompt;

    public override RowTypes Takes => Gives;

    internal override string? Recognise(JsonObject row) =>
        row["conversations"] is JsonArray { Count: > 0 } list && list[0] is JsonObject turn && (turn["from"] ?? turn["role"]) is not null
            ? $"conversations of {(turn["from"] is null ? "role and content" : "from and value")}{(row["chosen"] is null ? "" : " with chosen and rejected")}"
            : row["messages"] is JsonArray && row["chosen"] is JsonObject && row["rejected"] is JsonObject ? "messages with chosen and rejected"
            : row["messages"] is JsonArray && Tag(row) is { } tag ? $"messages with {tag}" : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var cells = new Cells(row, id);
        var turns = cells.List(row["conversations"] is null ? "messages" : "conversations").Select((turn, i) => Turn(turn, $"turn {i + 1}", id)).ToList();
        if (cells.Word("system") is { Length: > 0 } system && turns is not [{ Role: Message.System }, ..])
        {
            turns.Insert(0, new Message(Message.System, system));
        }

        var variables = TemplateColumns.Of(row, id);
        DataRow read;
        if (row["chosen"] is not null && row["rejected"] is not null)
        {
            read = new PreferenceRow(new ChatContent(turns) { Variables = variables }, Side(row, "chosen", id), Side(row, "rejected", id)) { Id = id };
        }
        else if (Tag(row) is { } tag)
        {
            var prompt = turns.Count > 0 && turns[^1].Role == Message.Assistant ? turns.Count - 1 : turns.Count;
            read = new UnpairedRow(new ChatContent(turns[..prompt]) { Variables = variables }, new ChatContent(turns[prompt..]), cells.Flag(tag)!.Value) { Id = id };
        }
        else
        {
            read = turns.Any(turn => turn.Role == Message.Assistant)
                ? new MessagesRow(turns) { Id = id, Variables = variables }
                : new PromptRow(new ChatContent(turns) { Variables = variables }) { Id = id };
        }

        return [read with { Columns = row, Known = Known }];
    }

    internal override JsonObject Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var (messages, variables) = row switch
        {
            MessagesRow chat => (chat.Messages, chat.Variables),
            PreferenceRow pair => Chat(pair.Prompt),
            UnpairedRow one => ([.. Chat(one.Prompt).Messages, .. Chat(one.Completion, Message.Assistant).Messages], Chat(one.Prompt).Variables),
            _ => Chat(((PromptRow)row).Prompt),
        };
        var to = new JsonObject { ["conversations"] = new JsonArray([.. messages.SelectMany(Turns)]) };
        if (row is PreferenceRow sides)
        {
            to["chosen"] = Turns(Chat(sides.Chosen, Message.Assistant).Messages[0]).First();
            to["rejected"] = Turns(Chat(sides.Rejected, Message.Assistant).Messages[0]).First();
            if (sides.Chosen is ChatContent { Messages.Count: > 1 } || sides.Rejected is ChatContent { Messages.Count: > 1 })
            {
                remarks.Add("lost: messages of a response after its first", row.Id);
            }
        }
        else if (row is UnpairedRow { Label: var label })
        {
            to["kto_tag"] = label;
        }

        if (variables is not null && JsonNode.Parse(variables)!["tools"] is { } tools)
        {
            to["tools"] = tools.ToJsonString(JsonOutput.Options);
        }

        return to;
    }

    private static string? Tag(JsonObject row) => Array.Find(["kto_tag", "label"], tag => row[tag]?.GetValueKind() is JsonValueKind.True or JsonValueKind.False);

    private static (IReadOnlyList<Message> Messages, string? Variables) Chat(Content content, string role = Message.User) =>
        content is ChatContent chat ? (chat.Messages, chat.Variables) : ([new Message(role, content.ToString()!)], null);

    private static ChatContent Side(JsonObject row, string column, string id) => row[column] switch
    {
        JsonArray list => new([.. list.Select((turn, i) => Turn(turn, $"turn {i + 1} of '{column}'", id))]),
        JsonValue value when value.TryGetValue<string>(out var text) => Dialog.Answer(text),
        var node => new([Turn(node, $"'{column}'", id)]),
    };

    private static Message Turn(JsonNode? node, string where, string id)
    {
        if (node is not JsonObject turn)
        {
            throw new DataFormatException(id, $"{where} is {JsonObjects.Describe(node)}", "a turn is {\"from\": \"human\", \"value\": \"...\"}");
        }

        var cells = new Cells(turn, id);
        var role = turn["from"] is null ? cells.Text("role") : cells.Text("from");
        if (turn["value"] is null && turn["content"] is JsonArray or null)
        {
            var copy = turn.DeepClone().AsObject();
            copy["role"] = Role(role, where, id);
            return MessageParser.Read([copy], "conversations", id)[0];
        }

        var text = turn["value"] is null ? cells.Text("content") : cells.Text("value");
        return role == "function_call" && Call(text) is { } call ? call : new Message(Role(role, where, id), text);
    }

    private static string Role(string role, string where, string id) => role switch
    {
        "human" or "user" => Message.User,
        "gpt" or "assistant" or "chatgpt" or "bing" or "bard" or "model" or "function_call" => Message.Assistant,
        "system" => Message.System,
        "observation" or "tool" or "function" or "function_response" => Message.Tool,
        _ => throw new DataFormatException(id, $"{where} has the unknown role '{role}'", "use human, gpt, system, function_call or observation"),
    };

    /// <summary>LLaMA-Factory's call of a tool as the message that it stands for; null where the text is no call.</summary>
    private static Message? Call(string text)
    {
        try
        {
            JsonNode?[] calls = JsonNode.Parse(text) switch { JsonArray list => [.. list], var one => [one] };
            if (!calls.All(call => call is JsonObject map && map["name"] is JsonValue && map.ContainsKey("arguments")))
            {
                return null;
            }

            var message = new JsonObject
            {
                ["role"] = Message.Assistant,
                ["content"] = "",
                ["tool_calls"] = new JsonArray([.. calls.Select(call => new JsonObject { ["type"] = "function", ["function"] = call!.DeepClone() })]),
            };
            return new Message(Message.Assistant, "") { Json = message.ToJsonString(JsonOutput.Options), NeedsOwnTemplate = true };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<JsonNode> Turns(Message message)
    {
        var json = message.Json is null ? null : JsonNode.Parse(message.Json)!.AsObject();
        var calls = json?["tool_calls"] as JsonArray;
        if (calls is null || message.Content.Length > 0)
        {
            yield return new JsonObject
            {
                ["from"] = message.Role switch { Message.User => "human", Message.Assistant => "gpt", Message.Tool => "observation", var role => role },
                ["value"] = message.Content,
            };
        }

        if (calls is not null)
        {
            JsonNode?[] functions = [.. calls.Select(call => (call?["function"] ?? call)?.DeepClone())];
            var value = functions.Length == 1 ? functions[0]! : new JsonArray(functions);
            yield return new JsonObject { ["from"] = "function_call", ["value"] = value.ToJsonString(JsonOutput.Options) };
        }
    }
}
