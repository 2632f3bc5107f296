using System.Text.Json.Nodes;
using Alignment.Data.Rows;
using Alignment.Labeling.Agreement;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Resolution;

/// <summary>Preference rows of resolved tasks: what the stages <c>reward</c> and <c>dpo</c> read.</summary>
public static class PreferenceRows
{
    private const double Even = 0.5;
    private const double Small = 1e-9;

    /// <summary>The rows of one task. Rankings give every pair, K (K − 1) / 2 rows, as in InstructGPT (Ouyang et al. 2022, section 3.5); of choices among K candidates the
    /// winner is paired with each other one, K − 1 rows.</summary>
    /// <param name="resolved">The task.</param>
    /// <param name="options">What a row's label says, and what becomes a row.</param>
    /// <returns>None for a task that is open, both bad, split (with hard labels), a gold task or a tie that is not wanted, or a tie of three or
    /// more without rankings. A pair with a blank answer gives no row: nothing can be learned from it.</returns>
    public static IEnumerable<JsonObject> Of(ResolvedTask resolved, ResolutionOptions options)
    {
        ArgumentNullException.ThrowIfNull(resolved);
        ArgumentNullException.ThrowIfNull(options);
        var task = resolved.Task.Task;
        return task.Gold is not null && !options.Gold ? [] : Pairs(resolved, options)
            .Where(pair => !string.IsNullOrWhiteSpace(task.Candidates[pair.Chosen].Text) && !string.IsNullOrWhiteSpace(task.Candidates[pair.Rejected].Text))
            .Select(pair => Row(resolved, pair.Chosen, pair.Rejected, options, pair.Label));
    }

    private static IEnumerable<(int Chosen, int Rejected, double Label)> Pairs(ResolvedTask resolved, ResolutionOptions options)
    {
        var candidates = resolved.Task.Task.Candidates.Count;
        if (resolved.Pairs is not null)
        {
            var isUsable = resolved.Outcome == TaskOutcome.Decided || (options.Labels == LabelKind.Soft && resolved.Outcome is TaskOutcome.Tie or TaskOutcome.Split);
            return isUsable ? PairShares.All(candidates).SelectMany(pair => Ranked(resolved, pair.First, pair.Second, options)) : [];
        }

        switch (resolved.Outcome)
        {
            case TaskOutcome.Decided:
                var winner = resolved.Winner!.Value;
                return Enumerable.Range(0, candidates).Where(other => other != winner)
                    .Select(other => (winner, other, options.Labels == LabelKind.Hard ? 1 : resolved.Preference(winner, other)));
            case TaskOutcome.Tie when options.Labels == LabelKind.Hard:
                return options.Ties && candidates == 2 ? [(0, 1, Even)] : [];
            case TaskOutcome.Tie or TaskOutcome.Split when options.Labels == LabelKind.Soft && candidates == 2:
                return Soft(resolved, 0, 1, options);
            default:
                return [];
        }
    }

    private static IEnumerable<(int Chosen, int Rejected, double Label)> Ranked(ResolvedTask resolved, int first, int second, ResolutionOptions options)
    {
        var preference = resolved.Preference(first, second);
        return double.IsNaN(preference) ? []
            : options.Labels == LabelKind.Soft ? Soft(resolved, first, second, options)
            : Math.Abs(preference - Even) < Small ? []
            : preference > Even ? [(first, second, 1)] : [(second, first, 1)];
    }

    private static IEnumerable<(int Chosen, int Rejected, double Label)> Soft(ResolvedTask resolved, int first, int second, ResolutionOptions options)
    {
        var preference = resolved.Preference(first, second);
        var isEven = Math.Abs(preference - Even) < Small;
        return isEven && !options.Ties ? []
            : preference >= Even - Small ? [(first, second, isEven ? Even : preference)] : [(second, first, 1 - preference)];
    }

    private static JsonObject Row(ResolvedTask resolved, int chosen, int rejected, ResolutionOptions options, double label)
    {
        var task = resolved.Task.Task;
        var votes = resolved.Task.Votes;
        var meta = new JsonObject
        {
            ["task"] = task.Id,
            ["method"] = resolved.Task.Settled is null ? System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(options.Method.ToString()) : "adjudication",
            ["share"] = Math.Round(resolved.Pairs is null ? resolved.Shares[chosen] : resolved.Preference(chosen, rejected), 6),
            ["annotators"] = resolved.Task.Decided.Count(),
            ["margin"] = Margin(resolved.Task, chosen, rejected),
            ["chosen_model"] = task.Candidates[chosen].Model,
            ["rejected_model"] = task.Candidates[rejected].Model,
            ["votes"] = new JsonArray([.. votes.Select(vote => Vote(vote, chosen, rejected))]),
            ["source"] = task.Meta?.DeepClone(),
        };
        foreach (var empty in meta.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList())
        {
            meta.Remove(empty);
        }

        return new JsonObject
        {
            ["id"] = task.Candidates.Count == 2 ? task.Id : $"{task.Id}#{chosen}-{rejected}",
            ["prompt"] = System.Text.Json.JsonSerializer.SerializeToNode(task.Prompt, LabelJson.Line),
            ["chosen"] = Answer(task, chosen),
            ["rejected"] = Answer(task, rejected),
            ["label"] = Math.Round(label, 6),
            ["meta"] = meta,
        };
    }

    /// <summary>Mean strength for the chosen side less that for the other one, over all votes; null when nobody gave a strength.</summary>
    private static double? Margin(VotedTask task, int chosen, int rejected)
    {
        var votes = task.Decided.ToList();
        return votes.Any(vote => vote.Strength is not null)
            ? Math.Round(votes.Average(vote => vote.Choice == Verdict.Of(chosen) ? vote.Strength ?? 1 : vote.Choice == Verdict.Of(rejected) ? -(vote.Strength ?? 1) : 0), 6)
            : null;
    }

    private static JsonObject Vote(Vote vote, int chosen, int rejected)
    {
        var choice = vote.Choice.Kind != VerdictKind.Choice ? vote.Choice.ToString() : PairShares.Side(vote, chosen, rejected) switch { 1 => "chosen", 0 => "rejected", _ => "other" };
        var one = new JsonObject { ["annotator"] = vote.Annotator, ["choice"] = choice };
        if (vote.Strength is { } strength)
        {
            one["strength"] = strength;
        }

        if (vote.Seconds is { } seconds)
        {
            one["seconds"] = seconds;
        }

        return one;
    }

    // A prompt of messages wants an answer of messages.
    private static JsonNode Answer(LabelTask task, int candidate) => task.Prompt is ChatContent
        ? new JsonArray(new JsonObject { ["role"] = Message.Assistant, ["content"] = task.Candidates[candidate].Text })
        : JsonValue.Create(task.Candidates[candidate].Text);
}
