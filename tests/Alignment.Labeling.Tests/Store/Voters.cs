using Alignment.Labeling.Store;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Tests.Store;

/// <summary>Annotators who vote as fast as they can.</summary>
internal static class Voters
{
    /// <summary>Votes until nothing is left and writes the id of each vote after the store has acknowledged it.</summary>
    public static async Task VoteAsync(string location, int annotators, TextWriter acknowledged)
    {
        await using var store = await LabelStores.OpenAsync(location);
        var output = TextWriter.Synchronized(acknowledged);
        await Task.WhenAll(Enumerable.Range(0, annotators).Select(i => Task.Run(() => VoteAsync(store, $"annotator-{i}", output))));
        await output.WriteLineAsync("done");
        await output.FlushAsync();
    }

    private static async Task VoteAsync(ILabelStore store, string annotator, TextWriter output)
    {
        while (await store.AssignAsync(annotator) is [var given, ..])
        {
            var vote = Made.Vote(given.Task.Id, annotator, Verdict.Of(given.Order[0])) with { Shown = given.Order };
            var receipt = (await store.AddVotesAsync([vote])).Single();
            if (receipt.Status != VoteStatus.Saved)
            {
                throw new InvalidOperationException($"{vote.Id}: {receipt}");
            }

            await output.WriteLineAsync(vote.Id);
            await output.FlushAsync();
        }
    }
}
