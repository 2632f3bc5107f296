using System.Text.Json.Nodes;
using Alignment.Data.Formats;
using Alignment.Data.Rows;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Formats;

/// <summary>Argilla's records with responses: nested (fields, responses) or flattened (columns such as <c>preference.responses</c>). Only the flattened ones have a
/// response's status; nested ones count as submitted. Argilla's SDK exports a ranking as names in the order of the options, without the ranks, so only rankings with their
/// ranks (<c>{"value", "rank"}</c>, as the server stores them) are rankings.</summary>
internal static class ArgillaVotes
{
    public static IEnumerable<ImportedVote> Read(string path) => JsonRows.Read(path).SelectMany(row => Record(row.Id, row.Columns));

    private static IEnumerable<ImportedVote> Record(string where, JsonObject columns)
    {
        var fields = columns.Map("fields") ?? columns;
        var record = new ImportedVote
        {
            Where = where,
            Task = columns.Text("id"),
            Prompt = fields.Text(ArgillaRecords.Prompt) is { Length: > 0 } prompt ? new PlainContent(prompt) : null,
            Answers = fields.Answers(ArgillaRecords.Name),
        };
        var responses = Responses(columns, ArgillaRecords.Preference).ToList();
        var strengths = Responses(columns, ArgillaRecords.Strength).Where(one => one.User is not null).DistinctBy(one => one.User).ToDictionary(one => one.User!, one => one.Value);
        var comments = Responses(columns, ArgillaRecords.Comment).Where(one => one.User is not null).DistinctBy(one => one.User).ToDictionary(one => one.User!, one => one.Value);
        var rankings = Responses(columns, ArgillaRecords.Ranking).Where(one => one.User is not null).DistinctBy(one => one.User).ToDictionary(one => one.User!, one => one.Value);
        return responses.Count == 0 ? [record] : responses.Select(one => Ranked(Response(record, one.User, one.Value, one.Status, strengths, comments), rankings));
    }

    private static ImportedVote Response(
        ImportedVote record, string? user, JsonNode? value, string? status, Dictionary<string, JsonNode?> strengths, Dictionary<string, JsonNode?> comments)
    {
        var where = $"{record.Where}, response of {user}";
        var choice = status == "discarded" ? Verdict.Skip : Choice(value.Text());
        var problem = status == "draft" ? new ImportProblem(ImportProblemKind.Draft, where, "the response is a draft, not handed in")
            : choice is not null ? null
            : value is null ? new ImportProblem(ImportProblemKind.MissingSide, where, "the response was handed in without a choice")
            : new ImportProblem(ImportProblemKind.Invalid, where, $"the response is '{value.Text() ?? "a list or object"}'; response_a and so on, tie and both_bad are known");
        return record with
        {
            Where = where,
            Id = user is null ? null : $"argilla/{record.Task}/{user}",
            Annotator = user,
            Choice = choice,
            Strength = user is not null && choice?.Kind == VerdictKind.Choice && int.TryParse(strengths.GetValueOrDefault(user).Text(), out var strength) ? strength : null,
            Comment = user is not null && comments.GetValueOrDefault(user).Text() is { Length: > 0 } comment ? comment : null,
            Problem = problem,
        };
    }

    private static ImportedVote Ranked(ImportedVote vote, Dictionary<string, JsonNode?> rankings)
    {
        if (vote.Choice is not { Kind: VerdictKind.Choice } choice || vote.Annotator is null || rankings.GetValueOrDefault(vote.Annotator) is not JsonArray { Count: > 0 } items)
        {
            return vote;
        }

        ImportedVote Lost(string why) => vote with { Lost = new(ImportProblemKind.LostRanking, vote.Where, $"{why}; only the choice was taken") };
        var ranked = items.Select(item => (Candidate: Choice(item.Text("value"))?.Choice ?? -1, Rank: item.Number("rank"))).OrderBy(one => one.Rank).ToList();
        int[] order = [.. ranked.Select(one => one.Candidate)];
        return items.Any(item => item is JsonValue) ? Lost("the ranking has no ranks (Argilla's SDK leaves them out)")
            : !order.Order().SequenceEqual(Enumerable.Range(0, vote.Answers?.Count ?? 0)) || ranked.Any(one => one.Rank is null) ? Lost("not every answer is ranked")
            : ranked.DistinctBy(one => one.Rank).Count() < order.Length ? Lost("the ranking has ties")
            : order[0] != choice.Choice ? Lost("the ranking begins with another answer than the choice")
            : vote with { Ranking = order };
    }

    private static IEnumerable<(string? User, JsonNode? Value, string? Status)> Responses(JsonObject columns, string question)
    {
        if (columns[$"{question}.responses"] is JsonArray values)
        {
            var users = columns.List($"{question}.responses.users").ToList();
            var status = columns.List($"{question}.responses.status").ToList();
            return values.Select((value, i) => (users.ElementAtOrDefault(i).Text(), value, status.ElementAtOrDefault(i).Text()));
        }

        return columns.Map("responses").List(question).Select(response => (response.Text("user_id"), (response as JsonObject)?["value"], response.Text("status")));
    }

    private static Verdict? Choice(string? value) => value switch
    {
        "tie" => Verdict.Tie,
        "both_bad" => Verdict.BothBad,
        { Length: 10 } when value.StartsWith(ArgillaRecords.Response, StringComparison.Ordinal) && value[^1] is >= 'a' and <= 'p' => Verdict.Of(value[^1] - 'a'),
        _ => null,
    };
}
