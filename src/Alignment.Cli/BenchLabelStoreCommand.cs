using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using Alignment.Labeling.Store;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;
using Alignment.Training.Options;
using MathNet.Numerics.Statistics;

namespace Alignment.Cli;

/// <summary><c>alignment bench label-store</c>: how long annotators wait until a vote is on this machine's disk.</summary>
internal static class BenchLabelStoreCommand
{
    private static readonly Option<string> Folder = new("--folder") { Description = "a folder for the project, on the disk to be measured; it must hold none", Required = true, HelpName = "DIR" };
    private static readonly Option<int> Annotators = new("--annotators") { Description = "annotators at once", DefaultValueFactory = _ => 20, HelpName = "N" };
    private static readonly Option<int> Votes = new("--votes") { Description = "votes of all together", DefaultValueFactory = _ => 10_000, HelpName = "N" };

    public static Command Create()
    {
        var command = new Command("label-store", "Measures how long a vote takes to be on the disk, with many annotators at once.") { Folder, Annotators, Votes };
        command.SetAction(parsed => LabelOptions.Run(() => RunAsync(parsed.GetRequiredValue(Folder), parsed.GetValue(Annotators), parsed.GetValue(Votes))));
        return command;
    }

    private static async Task<int> RunAsync(string folder, int annotators, int votes)
    {
        if (annotators < 1 || votes < 1)
        {
            throw LabelOptions.Wrong("--annotators and --votes must be at least 1");
        }

        await using var store = FolderLabelStore.Create(folder, new LabelProject { Name = "bench", Seed = 1 });
        await store.AddTasksAsync([.. Enumerable.Range(0, votes).Select(i => new LabelTask { Id = $"t{i}", Prompt = $"prompt {i}", Candidates = [new("one answer"), new("another answer")] })]);
        var (assigned, saved) = (new ConcurrentBag<double>(), new ConcurrentBag<double>());
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, annotators).Select(i => Task.Run(async () =>
        {
            while (true)
            {
                var from = Stopwatch.GetTimestamp();
                if (await store.AssignAsync($"annotator-{i}") is not [var given])
                {
                    return;
                }

                assigned.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
                from = Stopwatch.GetTimestamp();
                var vote = new Vote { Id = Guid.NewGuid().ToString(), Task = given.Task.Id, Annotator = $"annotator-{i}", Choice = Verdict.Of(given.Order[0]), Shown = given.Order, At = TimeProvider.System.GetUtcNow() };
                var receipt = (await store.AddVotesAsync([vote])).Single();
                saved.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
                if (receipt.Status != VoteStatus.Saved)
                {
                    throw new InvalidOperationException($"vote on {vote.Task}: {receipt.Reason}");
                }
            }
        })));
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        Console.Out.WriteLine(FormattableString.Invariant($"{saved.Count} votes by {annotators} annotators in {seconds:0.0} s, {saved.Count / seconds:0} a second"));
        Show("vote saved", saved);
        Show("task given", assigned);
        return ExitCodes.Done;
    }

    /// <summary>Writes the median, p99 and most of some times.</summary>
    internal static void Show(string what, IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        Console.Out.WriteLine(FormattableString.Invariant(
            $"{what}: median {SortedArrayStatistics.Median(sorted):0.00} ms, p99 {SortedArrayStatistics.Quantile(sorted, 0.99):0.00} ms, most {sorted[^1]:0.00} ms"));
    }
}
