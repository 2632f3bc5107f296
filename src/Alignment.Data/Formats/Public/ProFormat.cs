using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>PRO's rows (github AlibabaResearch/DAMO-ConvAI): the same turns before each answer as <c>prefix</c>, answers as <c>suffix</c> with people's best first, a model's scores as <c>reward</c>.</summary>
internal sealed class ProFormat : DataFormat
{
    private const string Prompter = "<|prompter|>";
    private const string Assistant = "<|assistant|>";
    private static readonly string[] Known = ["prefix", "suffix", "reward", "sft_index"];

    public override string Name => "pro";

    public override string About => "prefix, suffix (the best first), reward, sft_index; turns begin with <|prompter|> or <|assistant|>";

    public override RowTypes Gives => RowTypes.Ranked;

    public override RowTypes Takes => RowTypes.Ranked | RowTypes.Preference;

    internal override string? Recognise(JsonObject row) => row["prefix"] is JsonArray && row["suffix"] is JsonArray ? HasColumns(row, "prefix", "suffix", "reward") : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var cells = new Cells(row, id);
        var prefixes = cells.List("prefix").Select(item => item is JsonArray turns ? Texts(turns, id) : throw new DataFormatException(id, "'prefix' holds no lists", "give a list of turns for each answer")).ToList();
        var suffixes = Texts(cells.List("suffix"), id);
        var rewards = cells.List("reward");
        if (prefixes.Count != suffixes.Count || rewards.Count != suffixes.Count || suffixes.Count == 0)
        {
            throw new DataFormatException(id, $"there are {prefixes.Count} prefixes, {suffixes.Count} suffixes and {rewards.Count} rewards", "give one of each for every answer");
        }

        if (prefixes.Any(prefix => !prefix.SequenceEqual(prefixes[0])))
        {
            remarks.Add("mismatch: the answers' prefixes differ; the first is taken", id);
        }

        var turns = Turns(prefixes[0], id);
        var responses = suffixes.Select((suffix, i) => new RankedResponse(
            Dialog.Answer(turns.Begun + Unmarked(suffix, out _)), new Cells(new JsonObject { ["reward"] = rewards[i]?.DeepClone() }, id).Number("reward"), Rank: i)).ToList();
        var facts = new JsonObject { ["rewards"] = rewards.DeepClone() };
        if (row["sft_index"] is { } index)
        {
            facts["sft_index"] = index.DeepClone();
        }

        return [new RankedRow(new ChatContent(turns.Messages), responses) { Id = id, Columns = row, Known = Known, Facts = facts }];
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var ranked = row as RankedRow ?? RowAdapter.Ranked((PreferenceRow)row);
        var texts = ranked.Responses.OrderBy(response => response.Rank ?? 0).ThenByDescending(response => response.Score ?? 0).ToList();
        var prompt = ranked.Prompt is ChatContent chat ? chat.Messages : [new Message(Message.User, ranked.Prompt.ToString()!)];
        if (prompt.Any(message => message.Role is not (Message.User or Message.Assistant) || message.NeedsOwnTemplate) || texts.Any(text => Dialog.Text(text.Content) is null))
        {
            remarks.Add("left out: the conversation has a system message, tools, or responses of several messages", row.Id);
            return null;
        }

        if (texts.Zip(texts.Skip(1)).Any(two => two.First.BetterThan(two.Second) is 0))
        {
            remarks.Add("lost: equal ranks, the format has none", row.Id);
        }

        var prefix = prompt.Select(message => (message.Role == Message.User ? Prompter : Assistant) + message.Content).Append(Assistant).ToList();
        var to = new JsonObject
        {
            ["prefix"] = new JsonArray([.. texts.Select(_ => new JsonArray([.. prefix.Select(turn => (JsonNode)turn)]))]),
            ["suffix"] = new JsonArray([.. texts.Select(text => (JsonNode)Dialog.Text(text.Content)!)]),
            ["reward"] = new JsonArray([.. texts.Select(text => (JsonNode)(text.Score ?? 0))]),
            ["sft_index"] = meta["sft_index"]?.DeepClone() ?? 0,
        };
        meta.Remove("rewards");
        meta.Remove("sft_index");
        return to;
    }

    /// <summary>The turns before the answer, and what the last one already says of the answer.</summary>
    private static (List<Message> Messages, string Begun) Turns(IReadOnlyList<string> prefix, string id)
    {
        List<Message> messages = [];
        var begun = "";
        for (var i = 0; i < prefix.Count; i++)
        {
            var text = Unmarked(prefix[i], out var mark);
            if (i == prefix.Count - 1 && mark == Assistant)
            {
                begun = text;
            }
            else
            {
                messages.Add(new Message(mark == Assistant ? Message.Assistant : mark == Prompter ? Message.User
                    : throw new DataFormatException(id, $"turn {i + 1} of 'prefix' begins with neither {Prompter} nor {Assistant}", "mark the turns"), text));
            }
        }

        return (messages, begun);
    }

    private static string Unmarked(string text, out string? mark)
    {
        mark = Array.Find([Prompter, Assistant], tag => text.StartsWith(tag, StringComparison.Ordinal));
        return text[(mark?.Length ?? 0)..];
    }

    private static List<string> Texts(JsonArray list, string id) => [.. list.Select(item => item is JsonValue value && value.TryGetValue<string>(out var text)
        ? text
        : throw new DataFormatException(id, $"a turn is {JsonObjects.Describe(item)}", "it must be text"))];
}
