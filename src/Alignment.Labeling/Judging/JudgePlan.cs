using Alignment.Labeling.Chat;
using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Judging;

/// <summary>What a judge has to ask.</summary>
/// <param name="Tasks">Tasks without its vote, in the project's order.</param>
/// <param name="Before">Tasks with its vote.</param>
/// <param name="Questions">Questions about the tasks, both orders and all samples counted, without asking again.</param>
public sealed record JudgePlan(IReadOnlyList<LabelTask> Tasks, int Before, long Questions)
{
    /// <summary>Makes the plan.</summary>
    /// <param name="tasks">All tasks.</param>
    /// <param name="voted">Ids of those with its vote.</param>
    /// <param name="settings">The judge's.</param>
    /// <param name="most">The most tasks; null is all.</param>
    public static JudgePlan Of(IReadOnlyList<LabelTask> tasks, IReadOnlySet<string> voted, JudgeSettings settings, int? most = null)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(settings);
        List<LabelTask> open = [.. tasks.Where(task => !voted.Contains(task.Id)).Take(most ?? int.MaxValue)];
        return new(open, tasks.Count(task => voted.Contains(task.Id)), open.Sum(task => (long)task.Candidates.Count * (task.Candidates.Count - 1) * settings.Samples));
    }

    /// <summary>What all of that takes, roughly for what goes in and at most for what comes out.</summary>
    /// <param name="settings">The judge's.</param>
    public TokenUsage Estimate(JudgeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var prompt = new JudgePrompt(settings, []);
        var tokens = Tasks.Sum(task => Pairs(task.Candidates.Count)
            .Sum(pair => 2 * settings.Samples * TokenEstimate.Of(new ChatRequest(prompt.Ask(new JudgeQuestion(task, pair.Low, pair.High, 0))), "").Prompt));
        return new TokenUsage(tokens, Questions * settings.MaxTokens, Estimated: true);
    }

    /// <summary>Every two of so many candidates.</summary>
    internal static IEnumerable<(int Low, int High)> Pairs(int candidates) =>
        Enumerable.Range(0, candidates).SelectMany(low => Enumerable.Range(low + 1, candidates - low - 1).Select(high => (low, high)));
}
