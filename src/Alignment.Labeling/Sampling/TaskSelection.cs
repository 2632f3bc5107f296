using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Alignment.Core.Numerics;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Sampling;

/// <summary>Makes tasks of answers: chooses the candidates, sets the overlap and mixes gold tasks in.</summary>
public static class TaskSelection
{
    /// <summary>Makes the tasks, in the order of handing out.</summary>
    /// <param name="pool">Answers by prompt; prompts with fewer than K different ones give no task.</param>
    /// <param name="gold">Pairs whose better side is known.</param>
    /// <param name="options">How.</param>
    /// <exception cref="InvalidDataException">The options need rewards that the pool does not have.</exception>
    public static IReadOnlyList<LabelTask> Make(CandidatePool pool, IReadOnlyList<PreferenceRow> gold, SelectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(gold);
        ArgumentNullException.ThrowIfNull(options);
        var choice = new CandidateChoice(pool, options);
        List<LabelTask> tasks = [.. choice.Make().DistinctBy(task => task.Id)];
        Overlap(tasks, options);
        var wanted = (int)Math.Round(options.GoldShare / (1 - options.GoldShare) * tasks.Count);
        var all = tasks.Concat(Shuffled([.. gold], options.Seed, "gold").Take(wanted).Select(row => Gold(row, options.Seed))).DistinctBy(task => task.Id).ToArray();
        return Shuffled(all, options.Seed, "order");
    }

    /// <summary>A task that has the same id whenever it is made again.</summary>
    internal static LabelTask Task(Content prompt, IReadOnlyList<Candidate> candidates, JsonObject? meta)
    {
        var text = LabelJson.Write<string[]>([PromptText.Of(prompt), .. candidates.Select(candidate => candidate.Text)]);
        var id = $"t-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]}";
        return new LabelTask { Id = id, Prompt = prompt, Candidates = candidates, Meta = meta };
    }

    /// <summary>Items in an order that is a function of seed and purpose.</summary>
    internal static T[] Shuffled<T>(T[] items, long seed, string purpose) =>
        [.. DataOrder.Permutation(items.Length, Seeds.Derive(seed, $"labelling/{purpose}"), epoch: 0).Select(i => items[i])];

    private static void Overlap(List<LabelTask> tasks, SelectionOptions options)
    {
        var shared = Shuffled([.. Enumerable.Range(0, tasks.Count)], options.Seed, "overlap").Take((int)Math.Round(options.OverlapShare * tasks.Count)).ToHashSet();
        for (var i = 0; i < tasks.Count; i++)
        {
            tasks[i] = tasks[i] with { Overlap = shared.Contains(i) ? options.Overlap : 1 };
        }
    }

    private static LabelTask Gold(PreferenceRow row, long seed)
    {
        Candidate[] candidates = [new(Answer(row.Chosen)) { Model = null }, new(Answer(row.Rejected))];
        // Who knows that the first candidate of a gold task is the right one knows the answer to all of them.
        var isSwapped = SideOrder.Of(seed, row.Id, "gold", 2)[0] == 1;
        return Task(row.Prompt, isSwapped ? [candidates[1], candidates[0]] : candidates, new JsonObject { ["gold"] = row.Id }) with
        {
            Gold = row.Label == 0.5 ? Verdict.Tie : Verdict.Of(isSwapped ? 1 : 0),
            Overlap = 0,
        };
    }

    private static string Answer(Content content) => content is ChatContent chat ? chat.Messages[0].Content : content.ToString()!;
}
