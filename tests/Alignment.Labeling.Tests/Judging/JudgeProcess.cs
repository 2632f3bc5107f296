using System.Globalization;
using Alignment.Labeling.Chat;
using Alignment.Labeling.Judging;
using Alignment.Labeling.Store;

namespace Alignment.Labeling.Tests.Judging;

/// <summary>A judge in a process of its own, which a test may kill.</summary>
internal static class JudgeProcess
{
    public const string Name = "judge";

    /// <summary>Arguments are the project, the journal, the server's address and the requests at a time.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var settings = new JudgeSettings { Name = "judge:m", Model = "m", MaxTokens = 50 };
        await using var store = FolderLabelStore.Open(args[0]);
        await using var journal = JudgeJournal.Open(args[1], settings);
        await using var endpoint = new HttpChatEndpoint(new HttpChatOptions { Address = new Uri(args[2]), Model = "m" }, new TokenBudget(new BudgetLimits(), journal.Spent, journal.AddLost));
        var run = new JudgeRun(store, endpoint, journal, settings);
        var outcome = await run.RunAsync(await run.PlanAsync(), int.Parse(args[3], CultureInfo.InvariantCulture));
        return (int)outcome.Stop;
    }
}
