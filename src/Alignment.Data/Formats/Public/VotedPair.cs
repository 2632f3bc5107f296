using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>Two responses with people's verdicts as a pair.</summary>
internal static class VotedPair
{
    /// <summary>The pair: the side with more votes is the chosen one, the first where both have as many.</summary>
    /// <param name="id">The row.</param>
    /// <param name="prompt">What is answered.</param>
    /// <param name="first">A response.</param>
    /// <param name="second">The other one.</param>
    /// <param name="votes">Who said 1, 2, or 0 for a tie.</param>
    /// <param name="models">The models that wrote the two; null where that is not known.</param>
    public static PreferenceRow Of(string id, Content prompt, string first, string second, IReadOnlyCollection<(string Annotator, int Choice)> votes, string[]? models = null)
    {
        var share = votes.Sum(vote => vote.Choice switch { 1 => 1.0, 0 => 0.5, _ => 0 }) / votes.Count;
        var firstIsChosen = share >= 0.5;
        var chosen = firstIsChosen ? 1 : 2;
        var facts = new JsonObject
        {
            [RowMeta.Group] = RowMeta.GroupOf(prompt),
            [RowMeta.ChosenPosition] = chosen,
            [RowMeta.Votes] = new JsonArray([.. votes.Select(vote => new JsonObject
            {
                ["annotator"] = vote.Annotator,
                ["choice"] = vote.Choice == 0 ? "tie" : vote.Choice == chosen ? "chosen" : "rejected",
            })]),
        };
        if (models is not null)
        {
            facts[RowMeta.ChosenModel] = models[firstIsChosen ? 0 : 1];
            facts[RowMeta.RejectedModel] = models[firstIsChosen ? 1 : 0];
        }

        var (better, worse) = firstIsChosen ? (first, second) : (second, first);
        return new PreferenceRow(prompt, Dialog.Answer(better), Dialog.Answer(worse), Label: firstIsChosen ? share : 1 - share) { Id = id, Facts = facts };
    }

    /// <summary>Takes the votes out of what stays with a row.</summary>
    public static IReadOnlyList<(string Annotator, string Choice)> TakeVotes(JsonObject meta)
    {
        var votes = (meta[RowMeta.Votes] as JsonArray ?? []).OfType<JsonObject>()
            .Select(vote => (vote["annotator"]?.ToString() ?? "", vote["choice"]?.ToString() ?? "")).Where(vote => vote.Item2 is "chosen" or "rejected" or "tie").ToList();
        meta.Remove(RowMeta.Votes);
        return votes;
    }

    /// <summary>Takes the place of the chosen side, 1 or 2, out of what stays with a row; null where it is not known.</summary>
    public static int? TakeChosenPosition(JsonObject meta)
    {
        var position = meta[RowMeta.ChosenPosition] is JsonValue value && value.TryGetValue<int>(out var place) ? place : (int?)null;
        meta.Remove(RowMeta.ChosenPosition);
        return position;
    }
}
