using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>
/// Open-Assistant's trees: one conversation tree a line. Each prompter's message with answers becomes a row: the turns from the root, and the answers with their ranks (0 is the best).
/// Rows of one tree share a group. Deleted messages are left out with all that follows them.
/// </summary>
internal sealed class OasstFormat : DataFormat
{
    private const int Deepest = 200;
    private static readonly string[] TreeColumns = ["message_tree_id", "tree_state", "prompt"];
    private static readonly string[] MessageKeys = ["text", "role", "replies", "rank", "parent_id", "deleted"];

    public override string Name => "oasst";

    public override string About => "message_tree_id, prompt with nested replies; text, role, rank";

    public override RowTypes Gives => RowTypes.Ranked | RowTypes.Prompt;

    public override RowTypes Takes => Gives;

    internal override string? Recognise(JsonObject row) => row["prompt"] is JsonObject prompt && prompt["text"] is not null ? HasColumns(row, "message_tree_id", "prompt") : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var tree = new Cells(row, id).Word("message_tree_id")!;
        return Walk(new Cells(row, id).Map("prompt"), [], tree, row, id, remarks);
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var prompt = row is RankedRow ranked ? ranked.Prompt : ((PromptRow)row).Prompt;
        Message[] turns = prompt is ChatContent { Variables: null } chat ? [.. chat.Messages] : prompt is PlainContent text ? [new Message(Message.User, text.Text)] : [];
        var alternate = turns.Length % 2 == 1 && turns.Select((turn, i) => turn.Role == (i % 2 == 0 ? Message.User : Message.Assistant) && !turn.NeedsOwnTemplate).All(fits => fits);
        var responses = (row as RankedRow)?.Responses ?? [];
        if (!alternate || turns.Length >= Deepest || responses.Any(response => Dialog.Text(response.Content) is null))
        {
            remarks.Add("left out: the conversation has tools or a system message, its turns do not alternate, or a response is more than one message of text", row.Id);
            return null;
        }

        if (responses.Count == 0 && turns.Length > 1)
        {
            remarks.Add("left out: a tree's later prompts are read with their answers only", row.Id);
            return null;
        }

        var tree = RowMeta.Text(row, RowMeta.Group) ?? RowMeta.GroupOf(prompt);
        var known = meta["answers"] as JsonArray;
        foreach (var name in (string[])[RowMeta.Group, "answers", .. TreeColumns, .. MessageKeys])
        {
            meta.Remove(name);
        }

        JsonObject? root = null;
        JsonObject? node = null;
        for (var i = 0; i < turns.Length; i++)
        {
            var message = new JsonObject { ["text"] = turns[i].Content, ["role"] = i % 2 == 0 ? "prompter" : "assistant" };
            if (i == turns.Length - 1)
            {
                AddAll(message, meta);
            }

            message["replies"] = new JsonArray();
            node?["replies"]!.AsArray().Add(message);
            (root, node) = (root ?? message, message);
        }

        meta.Clear();
        for (var i = 0; i < responses.Count; i++)
        {
            var answer = new JsonObject { ["text"] = Dialog.Text(responses[i].Content), ["role"] = "assistant" };
            if (responses[i] is { Rank: not null } or { Score: not null })
            {
                answer["rank"] = RowAdapter.RankOf(responses[i], (RankedRow)row);
            }

            if (responses[i].Model is { } model)
            {
                answer["model_name"] = model;
            }

            AddAll(answer, known?.Count == responses.Count && known[i] is JsonObject more ? more : []);
            answer["replies"] = new JsonArray();
            node!["replies"]!.AsArray().Add(answer);
        }

        return new JsonObject { ["message_tree_id"] = tree, ["tree_state"] = "ready_for_export", ["prompt"] = root };
    }

    /// <summary>Rows of one tree that follow each other: the later one's path goes on where the earlier ones end.</summary>
    internal override bool Merge(JsonObject last, JsonObject next)
    {
        if (last["message_tree_id"]!.ToString() != next["message_tree_id"]!.ToString() || last["prompt"]!["text"]!.ToString() != next["prompt"]!["text"]!.ToString())
        {
            return false;
        }

        var (into, from) = (last["prompt"]!.AsObject(), next["prompt"]!.AsObject());
        while (from["replies"]!.AsArray() is [JsonObject only] && into["replies"]!.AsArray().OfType<JsonObject>().FirstOrDefault(reply => reply["text"]!.ToString() == only["text"]!.ToString()) is { } same)
        {
            (into, from) = (same, only);
        }

        if (from["role"]!.ToString() != "assistant" || from["replies"]!.AsArray() is not [JsonObject asked])
        {
            return false;
        }

        into["replies"]!.AsArray().Add(asked.DeepClone());
        return true;
    }

    private static void AddAll(JsonObject to, JsonObject from)
    {
        foreach (var (name, value) in from.Where(pair => !to.ContainsKey(pair.Key)))
        {
            to[name] = value?.DeepClone();
        }
    }

    private static IEnumerable<DataRow> Walk(JsonObject message, IReadOnlyList<Message> before, string tree, JsonObject row, string id, Remarks remarks)
    {
        var cells = new Cells(message, id);
        if (cells.Flag("deleted") == true)
        {
            remarks.Add("left out: a deleted message with all that follows it", id);
            yield break;
        }

        if (before.Count >= Deepest)
        {
            throw new DataFormatException(id, $"a conversation has more than {Deepest} turns", "the tree is damaged: leave it out");
        }

        var isPrompter = cells.Text("role") switch
        {
            "prompter" => true,
            "assistant" => false,
            var role => throw new DataFormatException(id, $"a message has the unknown role '{role}'", "use prompter or assistant"),
        };
        IReadOnlyList<Message> path = [.. before, new Message(isPrompter ? Message.User : Message.Assistant, cells.Text("text"))];
        var replies = (message["replies"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var answers = replies.Where(reply => isPrompter && new Cells(reply, id).Flag("deleted") != true).ToList();
        if (answers.Count > 0)
        {
            var responses = answers.Select(reply => new Cells(reply, id)).Select(reply => new RankedResponse(Dialog.Answer(reply.Text("text")), Rank: (int?)reply.Number("rank"), Model: reply.Word("model_name"))).ToList();
            yield return new RankedRow(new ChatContent(path), responses) { Id = id, Columns = row, Known = TreeColumns, Facts = Facts(message, answers, tree) };
        }
        else if (before.Count == 0)
        {
            yield return new PromptRow(new ChatContent(path)) { Id = id, Columns = row, Known = TreeColumns, Facts = Facts(message, [], tree) };
        }

        foreach (var next in replies.SelectMany(reply => Walk(reply, path, tree, row, id, remarks)))
        {
            yield return next;
        }
    }

    private static JsonObject Facts(JsonObject message, IReadOnlyList<JsonObject> answers, string tree)
    {
        var facts = new JsonObject { [RowMeta.Group] = tree };
        foreach (var (name, value) in message.Where(pair => !MessageKeys.Contains(pair.Key)))
        {
            facts[name] = value?.DeepClone();
        }

        if (answers.Count > 0)
        {
            facts["answers"] = new JsonArray([.. answers.Select(answer => new JsonObject(answer.Where(pair => !MessageKeys.Contains(pair.Key)).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))))]);
        }

        return facts;
    }
}
