using System.Text;
using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>
/// Anthropic's HH-RLHF (github anthropics/hh-rlhf): two whole transcripts. That both share all but their last answer is checked; where they do not, the responses
/// begin at the first turn that differs, and the row is counted.
/// </summary>
internal sealed class HhRlhfFormat : DataFormat
{
    private const string Human = "\n\nHuman:";
    private const string Assistant = "\n\nAssistant:";
    private static readonly string[] Known = ["chosen", "rejected"];

    public override string Name => "hh-rlhf";

    public override string About => "chosen, rejected: transcripts of \\n\\nHuman: and \\n\\nAssistant:";

    public override RowTypes Gives => RowTypes.Preference;

    public override RowTypes Takes => Gives;

    public override bool HoldsMeta => false;

    internal override string? Recognise(JsonObject row) =>
        Begins(row["chosen"]) && Begins(row["rejected"]) && row["prompt"] is null ? "chosen and rejected are transcripts that begin with \"\\n\\nHuman:\"" : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var cells = new Cells(row, id);
        var (chosen, rejected) = (Turns(cells.Text("chosen"), id), Turns(cells.Text("rejected"), id));
        var (prompt, better, worse) = PromptSplit.Split(chosen, rejected);
        if (better is ChatContent { Messages.Count: not 1 } || worse is ChatContent { Messages.Count: not 1 })
        {
            remarks.Add("mismatch: the transcripts differ before their last answer", id);
        }

        return [new PreferenceRow(prompt, better, worse) { Id = id, Columns = row, Known = Known }];
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var pair = (PreferenceRow)row;
        if (Transcript(pair.Prompt, Message.User) is { } prompt && Transcript(pair.Chosen, Message.Assistant) is { } chosen && Transcript(pair.Rejected, Message.Assistant) is { } rejected)
        {
            return new JsonObject { ["chosen"] = prompt + chosen, ["rejected"] = prompt + rejected };
        }

        remarks.Add("left out: the conversation has a system message, tools, or text that looks like a turn's beginning", row.Id);
        return null;
    }

    private static bool Begins(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) && text.StartsWith(Human, StringComparison.Ordinal);

    private static List<Message> Turns(string text, string id)
    {
        List<Message> turns = [];
        for (var at = 0; at < text.Length;)
        {
            var rest = text.AsSpan(at);
            var (role, tag) = rest.StartsWith(Human, StringComparison.Ordinal) ? (Message.User, Human)
                : rest.StartsWith(Assistant, StringComparison.Ordinal) ? (Message.Assistant, Assistant)
                : throw new DataFormatException(id, "the transcript does not begin with \"\\n\\nHuman:\"", "it is not a row of HH-RLHF: name its format with --from");
            rest = rest[tag.Length..];
            var (human, assistant) = (rest.IndexOf(Human, StringComparison.Ordinal), rest.IndexOf(Assistant, StringComparison.Ordinal));
            var end = human < 0 ? assistant : assistant < 0 ? human : Math.Min(human, assistant);
            var content = end < 0 ? rest : rest[..end];
            at += tag.Length + content.Length;
            turns.Add(new Message(role, (content.StartsWith(" ") ? content[1..] : content).ToString()));
        }

        return turns;
    }

    private static string? Transcript(Content content, string role)
    {
        var text = new StringBuilder();
        foreach (var message in content is ChatContent chat ? chat.Messages : [new Message(role, content.ToString()!)])
        {
            var tag = message.Role == Message.User ? Human : message.Role == Message.Assistant ? Assistant : null;
            if (tag is null || message.NeedsOwnTemplate || message.Content.Contains(Human, StringComparison.Ordinal) || message.Content.Contains(Assistant, StringComparison.Ordinal))
            {
                return null;
            }

            text.Append(tag).Append(' ').Append(message.Content);
        }

        return text.ToString();
    }
}
