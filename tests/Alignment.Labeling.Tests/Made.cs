using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Tests;

/// <summary>Tasks and votes made by hand.</summary>
internal static class Made
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static LabelTask Task(string id, int overlap = 1, int candidates = 2) => new()
    {
        Id = id,
        Prompt = $"prompt of {id}",
        Candidates = [.. Enumerable.Range(0, candidates).Select(i => new Candidate($"answer {i} of {id}") { Model = $"model-{i}" })],
        Overlap = overlap,
    };

    public static LabelTask[] Tasks(int count, int overlap = 1) => [.. Enumerable.Range(0, count).Select(i => Task($"t{i}", overlap))];

    public static Vote Vote(string task, string annotator, Verdict? choice = null, string? id = null) => new()
    {
        Id = id ?? $"{task}/{annotator}",
        Task = task,
        Annotator = annotator,
        Choice = choice ?? Verdict.Of(0),
        At = Noon,
    };
}
