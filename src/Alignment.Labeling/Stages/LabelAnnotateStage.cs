using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Data.Rewards;
using Alignment.Labeling.Client;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Server;
using Alignment.Labeling.Store;
using Alignment.Labeling.Tasks;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;

namespace Alignment.Labeling.Stages;

/// <summary>
/// The stage that votes in people's place: scripted annotators with known error rates, through the page's own server and HTTP API. It shows that the round trip works, and what agreement
/// measures. The annotators take turns, whoever has the fewest votes first, so that a run that was interrupted goes on as if it had not been.
/// </summary>
public static class LabelAnnotateStage
{
    /// <summary>What it does, one line for the help.</summary>
    public const string Description = "votes on labelling tasks by scripted annotators, through the page's HTTP API";

    private const string Votes = "votes.jsonl";
    private const string Work = "work"; // the project while it is voted on: what a checkpoint is to training

    /// <summary>The stage's program.</summary>
    /// <param name="args">Its command line.</param>
    /// <returns>The exit code.</returns>
    public static int Start(string[] args) => StageProgram.Run<LabelAnnotateOptions>(StageKinds.LabelAnnotate, args, invocation => LabelProjects.Wait(() => RunAsync(invocation)), Description);

    private static async Task<int> RunAsync(StageInvocation<LabelAnnotateOptions> invocation)
    {
        using var session = StageSession.Begin(invocation, otherResults: [Votes, Work]);
        if (session.IsDone)
        {
            return ExitCodes.Done;
        }

        var options = invocation.Options;
        var (project, voted) = LabelProjects.Read(options.Project);
        var tasks = voted.ToDictionary(task => task.Task.Id, task => task.Task, StringComparer.Ordinal);
        session.Start();
        var folder = Path.Combine(session.Folder.Root, Work);
        await using var store = FolderLabelStore.Exists(folder) ? FolderLabelStore.Open(folder) : FolderLabelStore.Create(folder, project);
        await store.AddTasksAsync(tasks.Values).ConfigureAwait(false); // changes nothing where they are there
        var rule = TextReward.Create(options.Rewards);
        var people = options.Annotators.ToDictionary(one => one.Key, one => new ScriptedAnnotator(one.Key, one.Value, rule, invocation.Seed), StringComparer.Ordinal);
        var count = await VoteAsync(store, tasks, people, invocation.Cancellation).ConfigureAwait(false);

        // Without the times, which are all that differs between two equal runs.
        var lines = (await store.VotesAsync().ConfigureAwait(false)).Select(vote =>
        {
            var line = (JsonObject)JsonSerializer.SerializeToNode(vote, LabelJson.Line)!;
            line.Remove("at");
            return line.ToJsonString(LabelJson.Line) + "\n";
        });
        AtomicFile.WriteText(Path.Combine(session.Folder.Root, Votes), string.Concat(lines));
        session.Count("votes", count);
        session.Log.Information("{Votes} votes of {Annotators} annotators on {Tasks} tasks", count, people.Count, tasks.Count);
        session.Finish(Votes);
        return ExitCodes.Done;
    }

    private static async Task<int> VoteAsync(
        FolderLabelStore store, Dictionary<string, LabelTask> tasks, Dictionary<string, ScriptedAnnotator> people, CancellationToken cancellation)
    {
        _ = ListenAddress.TryParse("127.0.0.1:0", out var address);
        await using var server = await LabelServer.StartAsync(new LabelServerOptions { Address = address, Errors = Console.Error, RequestsPerSecond = 100_000 }, store, cancellation).ConfigureAwait(false);
        var counts = people.Keys.ToDictionary(name => name, _ => 0, StringComparer.Ordinal);
        foreach (var vote in await store.VotesAsync(cancellation).ConfigureAwait(false))
        {
            counts[vote.Annotator]++;
        }

        var clients = people.Keys.ToDictionary(name => name, _ => new PageClient(server.Address), StringComparer.Ordinal);
        try
        {
            foreach (var (name, client) in clients)
            {
                await client.SignInAsync(name, cancellation).ConfigureAwait(false);
            }

            for (var open = people.Keys.Order(StringComparer.Ordinal).ToList(); open.Count > 0;)
            {
                var name = open.MinBy(one => counts[one])!; // of equal ones the first by name
                if (await clients[name].NextAsync(1, cancellation).ConfigureAwait(false) is not [var item, ..])
                {
                    open.Remove(name);
                    continue;
                }

                var receipt = (await clients[name].VoteAsync([people[name].Vote(item, tasks[item.Task])], cancellation).ConfigureAwait(false)).Single();
                if (!receipt.IsStored)
                {
                    throw new InvalidDataException($"the vote of {name} on task '{item.Task}' was refused: {receipt.Status}: {receipt.Problem}");
                }

                counts[name]++;
            }
        }
        finally
        {
            foreach (var client in clients.Values)
            {
                client.Dispose();
            }
        }

        return counts.Values.Sum();
    }
}
