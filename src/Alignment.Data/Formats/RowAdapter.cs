using Alignment.Data.Formats.Public;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats;

/// <summary>Rows of one type as rows of another: what a target cannot hold is counted.</summary>
internal static class RowAdapter
{
    /// <summary>The row as the types that a target takes.</summary>
    /// <param name="row">The row.</param>
    /// <param name="takes">The target's types.</param>
    /// <param name="remarks">Takes what is lost.</param>
    public static IEnumerable<DataRow> To(DataRow row, RowTypes takes, Remarks remarks)
    {
        if (takes.HasFlag(DataFormats.TypeOf(row)))
        {
            return [row];
        }

        var rows = row switch
        {
            RankedRow ranked => OfRanked(ranked, takes, remarks),
            PreferenceRow pair => OfPair(pair, takes, remarks),
            UnpairedRow one => OfUnpaired(one, takes, remarks),
            StepwiseRow steps => OfSteps(steps, takes, remarks),
            MessagesRow chat => OfMessages(chat, takes, remarks),
            PromptCompletionRow both => OfCompletion(both, takes, remarks),
            _ => null,
        };
        if (rows is null)
        {
            remarks.Add($"left out: {Name(row)} rows have no place in the target", row.Id);
        }

        return rows ?? [];
    }

    /// <summary>A pair as two ranked responses.</summary>
    public static RankedRow Ranked(PreferenceRow pair) => new(pair.Prompt,
    [
        new RankedResponse(pair.Chosen, Rank: 0, Model: RowMeta.Text(pair, RowMeta.ChosenModel)),
        new RankedResponse(pair.Rejected, Rank: pair.Label == 0.5 ? 0 : 1, Model: RowMeta.Text(pair, RowMeta.RejectedModel)),
    ])
    { Id = pair.Id, Columns = pair.Columns, Known = pair.Known, Facts = pair.Facts };

    /// <summary>A response's rank, 0 the best; of rated ones the number of better ones.</summary>
    public static int RankOf(RankedResponse response, RankedRow row) =>
        response.Rank ?? (response.Score is null ? row.Responses.Count : row.Responses.Count(other => other.Score > response.Score));

    private static string Name(DataRow row) => row.GetType().Name.Replace("Row", "", StringComparison.Ordinal).ToLowerInvariant();

    private static IEnumerable<DataRow>? OfRanked(RankedRow row, RowTypes takes, Remarks remarks)
    {
        if (takes.HasFlag(RowTypes.Preference))
        {
            var pairs = RankedPairs.Of(row).ToList();
            for (var i = RankedPairs.Undecided(row); i > 0; i--)
            {
                remarks.Add("left out: two responses that nobody ranked, or that are equal", row.Id);
            }

            if (pairs.Count == 0 && row.Responses.Count < 2)
            {
                remarks.Add("left out: a prompt with one response makes no pair", row.Id);
            }

            return pairs;
        }

        var ordered = row.Responses.OrderBy(response => RankOf(response, row)).ToList();
        if (ordered.Count == 0)
        {
            return takes.HasFlag(RowTypes.Prompt) ? [Prompt(row, row.Prompt)] : null;
        }

        if (takes.HasFlag(RowTypes.Unpaired) && ordered.Count > 1)
        {
            if (ordered.Count > 2)
            {
                remarks.Add("lost: responses between the best and the worst", row.Id);
            }

            return [Unpaired(row, row.Prompt, ordered[0].Content, true, 1), Unpaired(row, row.Prompt, ordered[^1].Content, false, 2)];
        }

        if (!takes.HasFlag(RowTypes.Supervised) && (takes & (RowTypes.PromptCompletion | RowTypes.Messages | RowTypes.Prompt)) == 0)
        {
            return null;
        }

        if (ordered.Count > 1)
        {
            remarks.Add("lost: all responses but the best", row.Id);
        }

        var best = new PromptCompletionRow(row.Prompt, ordered[0].Content) { Id = row.Id, Columns = row.Columns, Known = row.Known, Facts = row.Facts };
        return To(best, takes, remarks);
    }

    private static IEnumerable<DataRow>? OfPair(PreferenceRow row, RowTypes takes, Remarks remarks)
    {
        if (takes.HasFlag(RowTypes.Ranked))
        {
            return [Ranked(row)];
        }

        if (takes.HasFlag(RowTypes.Unpaired))
        {
            remarks.Add("note: each pair became a good and a bad response", row.Id);
            return [Unpaired(row, row.Prompt, row.Chosen, true, 1), Unpaired(row, row.Prompt, row.Rejected, false, 2)];
        }

        remarks.Add("lost: the rejected response", row.Id);
        return To(new PromptCompletionRow(row.Prompt, row.Chosen) { Id = row.Id, Columns = row.Columns, Known = row.Known, Facts = row.Facts }, takes, remarks);
    }

    private static IEnumerable<DataRow>? OfUnpaired(UnpairedRow row, RowTypes takes, Remarks remarks)
    {
        if (!row.Label && !takes.HasFlag(RowTypes.Prompt))
        {
            remarks.Add("left out: a bad response is nothing to imitate", row.Id);
            return [];
        }

        return To(new PromptCompletionRow(row.Prompt, row.Completion) { Id = row.Id, Columns = row.Columns, Known = row.Known, Facts = row.Facts }, takes, remarks);
    }

    private static IEnumerable<DataRow>? OfSteps(StepwiseRow row, RowTypes takes, Remarks remarks)
    {
        if (row.Steps.Any(step => step is not PlainContent))
        {
            return null;
        }

        remarks.Add("lost: the label of each step", row.Id);
        var whole = new UnpairedRow(row.Prompt, string.Concat(row.Steps), row.Labels.All(label => label)) { Id = row.Id, Columns = row.Columns, Known = row.Known, Facts = row.Facts };
        return To(whole, takes, remarks);
    }

    private static IEnumerable<DataRow>? OfMessages(MessagesRow row, RowTypes takes, Remarks remarks)
    {
        var isAnswered = row.Messages.Count > 1 && row.Messages[^1].Role == Message.Assistant;
        var prompt = new ChatContent([.. isAnswered ? row.Messages.SkipLast(1) : row.Messages]) { Variables = row.Variables };
        if (takes.HasFlag(RowTypes.PromptCompletion) && isAnswered)
        {
            return [new PromptCompletionRow(prompt, new ChatContent([row.Messages[^1]])) { Id = row.Id, Columns = row.Columns, Known = row.Known, Facts = row.Facts }];
        }

        if (!takes.HasFlag(RowTypes.Prompt))
        {
            return null;
        }

        if (isAnswered)
        {
            remarks.Add("lost: the last answer", row.Id);
        }

        return [Prompt(row, prompt)];
    }

    private static IEnumerable<DataRow>? OfCompletion(PromptCompletionRow row, RowTypes takes, Remarks remarks)
    {
        if (takes.HasFlag(RowTypes.PromptCompletion))
        {
            return [row];
        }

        if (takes.HasFlag(RowTypes.Messages))
        {
            return [new MessagesRow([.. Messages(row.Prompt, Message.User), .. Messages(row.Completion, Message.Assistant)])
            {
                Id = row.Id, Columns = row.Columns, Known = row.Known, Facts = row.Facts, Variables = (row.Prompt as ChatContent)?.Variables,
            }];
        }

        if (takes.HasFlag(RowTypes.Text) && row is { Prompt: PlainContent asked, Completion: PlainContent answered })
        {
            return [new TextRow(asked.Text + answered.Text) { Id = row.Id, Columns = row.Columns, Known = row.Known, Facts = row.Facts }];
        }

        if (!takes.HasFlag(RowTypes.Prompt))
        {
            return null;
        }

        remarks.Add("lost: the completion", row.Id);
        return [Prompt(row, row.Prompt)];
    }

    /// <summary>Texts as messages, or conversations of one question and one answer as texts.</summary>
    public static DataRow Styled(DataRow row, RowStyle style, Remarks remarks)
    {
        if (style == RowStyle.Keep)
        {
            return row;
        }

        var fits = true;
        Content Asked(Content content) => Change(content, Message.User);
        Content Answered(Content content) => Change(content, Message.Assistant);
        Content Change(Content content, string role)
        {
            if (style == RowStyle.Conversational)
            {
                return content is PlainContent text ? new ChatContent([new Message(role, text.Text)]) : content;
            }

            var plain = role == Message.User ? Dialog.Single(content) is { System: null } single ? single.Text : null : Dialog.Text(content);
            fits &= plain is not null;
            return plain is null ? content : plain;
        }

        DataRow styled = row switch
        {
            PromptRow one => one with { Prompt = Asked(one.Prompt) },
            PromptCompletionRow both => both with { Prompt = Asked(both.Prompt), Completion = Answered(both.Completion) },
            PreferenceRow pair => pair with { Prompt = Asked(pair.Prompt), Chosen = Answered(pair.Chosen), Rejected = Answered(pair.Rejected) },
            UnpairedRow one => one with { Prompt = Asked(one.Prompt), Completion = Answered(one.Completion) },
            _ => row,
        };
        if (!fits)
        {
            remarks.Add("note: a conversation of several turns stays one", row.Id);
        }

        return fits ? styled : row;
    }

    private static IReadOnlyList<Message> Messages(Content content, string role) => content is ChatContent chat ? chat.Messages : [new Message(role, content.ToString()!)];

    private static PromptRow Prompt(DataRow row, Content prompt) => new(prompt) { Id = row.Id, Columns = row.Columns, Known = row.Known, Facts = row.Facts };

    private static UnpairedRow Unpaired(DataRow row, Content prompt, Content completion, bool label, int side)
    {
        var facts = row.Facts?.DeepClone().AsObject() ?? [];
        facts[RowMeta.Group] ??= RowMeta.GroupOf(prompt);
        return new UnpairedRow(prompt, completion, label) { Id = $"{row.Id}#{side}", Columns = row.Columns, Known = row.Known, Facts = facts };
    }
}
