using System.Text.Json.Nodes;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Sampling;

/// <summary>The rows of each file that the stage can write (docs/algorithms/sampling.md).</summary>
internal static class SampleFiles
{
    /// <summary>A file's name in the stage's folder.</summary>
    public static string NameOf(SampleFile file) => file switch
    {
        SampleFile.BestOfN => "best_of_n.jsonl",
        _ => $"{file.ToString().ToLowerInvariant()}.jsonl",
    };

    /// <summary>A file's rows.</summary>
    /// <param name="file">Which file.</param>
    /// <param name="groups">Prompts with their responses.</param>
    /// <param name="options">What is kept.</param>
    public static IEnumerable<JsonObject> Rows(SampleFile file, IReadOnlyList<SampleGroup> groups, SampleOptions options) => file switch
    {
        SampleFile.All => groups.SelectMany(All),
        SampleFile.BestOfN => groups.Select(group => group.Usable(options.KeepCut).MaxBy(response => response.Score) is { } best ? Completion(group, best) : null).OfType<JsonObject>(),
        SampleFile.Rejection => Rejection(groups, options),
        SampleFile.Pairs => groups.SelectMany(group => Pairs(group, options)),
        _ => groups.SelectMany(group => Spin(group, options)),
    };

    private static IEnumerable<JsonObject> All(SampleGroup group) => group.Responses.Select(response =>
    {
        var row = RowJson.Of(new PromptRow(group.Source.Prompt) { Id = group.Source.Example.RowId });
        row["response"] = response.Text;
        if (response.Score is { } score)
        {
            row["score"] = score;
        }

        row["sample"] = response.Sample;
        row["ended"] = response.Ended;
        row["length"] = response.Length;
        row["log_prob"] = response.LogProb;
        row[RowMeta.Column] = new JsonObject { [RowMeta.Group] = group.Source.Group, ["row"] = group.Source.Example.RowId };
        return row;
    });

    private static IEnumerable<JsonObject> Rejection(IReadOnlyList<SampleGroup> groups, SampleOptions options)
    {
        var most = options.Rejection.MaxPerPrompt > 0 ? options.Rejection.MaxPerPrompt : int.MaxValue;
        var candidates = groups.SelectMany((group, place) => group.Usable(options.KeepCut).OrderByDescending(response => response.Score).Take(most).Select(response => (Group: group, Place: place, Response: response))).ToList();
        var kept = options.Rejection.MinReward is { } least
            ? candidates.Where(candidate => candidate.Response.Score >= least)
            : candidates.OrderByDescending(candidate => candidate.Response.Score).Take((int)Math.Ceiling(options.Rejection.Share * candidates.Count));
        return kept.OrderBy(candidate => candidate.Place).ThenBy(candidate => candidate.Response.Sample).Select(candidate => Completion(candidate.Group, candidate.Response));
    }

    private static IEnumerable<JsonObject> Pairs(SampleGroup group, SampleOptions options)
    {
        var responses = group.Usable(options.KeepCut);
        if (responses.Count < 2)
        {
            return [];
        }

        IEnumerable<(SampledResponse Better, SampledResponse Worse)> pairs = options.Pairs.Kind == PairKind.BestWorst
            ? [(responses.MaxBy(response => response.Score)!, responses.MinBy(response => response.Score)!)]
            : responses.SelectMany((one, i) => responses.Skip(i + 1).Select(other => one.Score >= other.Score ? (one, other) : (other, one)));
        return pairs.Where(pair => pair.Better.Score - pair.Worse.Score > options.Pairs.MinMargin).Select(pair => RowJson.Of(
            new PreferenceRow(group.Source.Prompt, group.ContentOf(pair.Better), group.ContentOf(pair.Worse), pair.Better.Score!.Value - pair.Worse.Score!.Value) { Id = group.Source.Example.RowId },
            new JsonObject { [RowMeta.Group] = group.Source.Group, ["row"] = group.Source.Example.RowId, ["chosen_score"] = pair.Better.Score, ["rejected_score"] = pair.Worse.Score }));
    }

    private static IEnumerable<JsonObject> Spin(SampleGroup group, SampleOptions options)
    {
        var own = group.Source.Completion!;
        return group.Usable(options.KeepCut).Where(response => Text(own).Trim() != response.Text.Trim()).Select(response => RowJson.Of(
            new PreferenceRow(group.Source.Prompt, own, group.ContentOf(response)) { Id = group.Source.Example.RowId },
            new JsonObject { [RowMeta.Group] = group.Source.Group, ["row"] = group.Source.Example.RowId }));
    }

    private static JsonObject Completion(SampleGroup group, SampledResponse response) => RowJson.Of(
        new PromptCompletionRow(group.Source.Prompt, group.ContentOf(response)) { Id = group.Source.Example.RowId },
        new JsonObject { [RowMeta.Group] = group.Source.Group, ["row"] = group.Source.Example.RowId, ["score"] = response.Score });

    private static string Text(Content content) => content is ChatContent chat ? chat.Messages[^1].Content : ((PlainContent)content).Text;
}
