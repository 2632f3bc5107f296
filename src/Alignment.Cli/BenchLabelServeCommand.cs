using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Alignment.Labeling.Client;
using Alignment.Labeling.Store;
using Alignment.Labeling.Tasks;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary><c>alignment bench label-serve</c>: many annotators vote through <c>alignment label serve</c> while it is killed and started again; then every vote is accounted for.</summary>
internal static class BenchLabelServeCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly Option<string> Project = new("--project", "--store") { Description = "a new project for the test: a folder, or postgres://user@host/database?project=NAME", Required = true, HelpName = "DIR" };
    private static readonly Option<int> Annotators = new("--annotators") { Description = "annotators at once", DefaultValueFactory = _ => 20, HelpName = "N" };
    private static readonly Option<int> Votes = new("--votes") { Description = "votes of all together", DefaultValueFactory = _ => 10_000, HelpName = "N" };
    private static readonly Option<int> Overlap = new("--overlap") { Description = "annotators who decide a task", DefaultValueFactory = _ => 2, HelpName = "N" };
    private static readonly Option<int> Kills = new("--kills") { Description = "how often the server is killed (SIGKILL), spread over the votes", DefaultValueFactory = _ => 5, HelpName = "N" };
    private static readonly Option<string?> Break = new("--break") { Description = "a shell command that is run once, halfway: one that kills the database's server and starts it again", HelpName = "COMMAND" };

    public static Command Create()
    {
        var command = new Command("label-serve", "Lets many annotators vote through the page's server, kills it meanwhile, and accounts for every vote.") { Project, Annotators, Votes, Overlap, Kills, Break };
        command.SetAction(parsed => LabelOptions.Run(() => RunAsync(parsed)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var (location, annotators, overlap, kills) = (parsed.GetRequiredValue(Project), parsed.GetValue(Annotators), parsed.GetValue(Overlap), parsed.GetValue(Kills));
        if (annotators < 1 || parsed.GetValue(Votes) < 1 || overlap < 1 || kills < 0 || overlap > annotators)
        {
            throw LabelOptions.Wrong("--annotators, --votes and --overlap must be at least 1, --kills at least 0, and --overlap at most --annotators");
        }

        var tasks = (parsed.GetValue(Votes) + overlap - 1) / overlap;
        await using (var store = await LabelStores.CreateAsync(location, new LabelProject { Name = "bench", Seed = 1 }))
        {
            await store.AddTasksAsync([.. Enumerable.Range(0, tasks).Select(i => new LabelTask { Id = $"t{i}", Prompt = $"prompt {i}", Candidates = [new("one **answer**"), new("another answer")], Overlap = overlap })]);
        }

        using var server = new ServerProcess(location);
        var progress = new Run();
        var begun = Stopwatch.GetTimestamp();
        using var stop = new CancellationTokenSource();
        var killing = KillAsync(server, progress, tasks * overlap, kills, parsed.GetValue(Break), stop.Token);
        await Task.WhenAll(Enumerable.Range(0, annotators).Select(i => Task.Run(() => VoteAsync(server.Address, $"annotator-{i}", progress))));
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        await stop.CancelAsync();
        await killing;
        server.Kill();

        Console.Out.WriteLine(FormattableString.Invariant($"{progress.Acknowledged.Count} votes by {annotators} annotators in {seconds:0.0} s; the server was killed {server.Kills - 1} times, {progress.Failures} requests failed and were sent again"));
        BenchLabelStoreCommand.Show("vote saved", progress.Saved);
        BenchLabelStoreCommand.Show("task given", progress.Given);
        return await CheckAsync(location, progress, tasks, overlap);
    }

    // One annotator: takes a task, votes, and sends a vote again until there is an answer, as the page does.
    private static async Task VoteAsync(Uri address, string annotator, Run run)
    {
        using var client = new PageClient(address);
        await AgainAsync(run, async () =>
        {
            await client.SignInAsync(annotator);
            return true;
        });
        while (true)
        {
            var from = Stopwatch.GetTimestamp();
            if (await AgainAsync(run, () => client.NextAsync(1), () => from = Stopwatch.GetTimestamp()) is not [var item, ..])
            {
                return;
            }

            run.Given.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            var vote = new PageVote($"{item.Task}/{annotator}", item.Task, 0) { Shown = item.Order, At = TimeProvider.System.GetUtcNow() };
            from = Stopwatch.GetTimestamp();
            var receipt = (await AgainAsync(run, () => client.VoteAsync([vote]), () => from = Stopwatch.GetTimestamp())).Single();
            run.Saved.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            if (!receipt.IsStored)
            {
                throw new InvalidOperationException($"the vote {vote.Id} was refused: {receipt.Status}: {receipt.Problem}");
            }

            if (!run.Acknowledged.TryAdd(vote.Id, item.Task))
            {
                throw new InvalidOperationException($"{annotator} was given task {item.Task} again after the vote on it was saved");
            }
        }
    }

    private static async Task<T> AgainAsync<T>(Run run, Func<Task<T>> request, Action? restarted = null)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            try
            {
                return await request();
            }
            catch (Exception e) when (clock.Elapsed < Patience && e is HttpRequestException { StatusCode: null or >= HttpStatusCode.InternalServerError } or IOException or TaskCanceledException)
            {
                run.CountFailure();
                await Task.Delay(100);
                restarted?.Invoke();
            }
        }
    }

    private static async Task KillAsync(ServerProcess server, Run run, int votes, int kills, string? command, CancellationToken stop)
    {
        var isBroken = command is null;
        for (var kill = 1; kill <= kills || !isBroken;)
        {
            try
            {
                await Task.Delay(20, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (kill <= kills && run.Acknowledged.Count >= (long)votes * kill / (kills + 1))
            {
                server.Kill();
                server.Start();
                kill++;
            }

            if (!isBroken && run.Acknowledged.Count >= votes / 2)
            {
                isBroken = true;
                using var shell = Process.Start("sh", ["-c", command!]);
                await shell.WaitForExitAsync(CancellationToken.None);
                Console.Out.WriteLine($"after {run.Acknowledged.Count} votes: '{command}' ended with {shell.ExitCode}");
            }
        }
    }

    private static async Task<int> CheckAsync(string location, Run run, int tasks, int overlap)
    {
        await using var store = await LabelStores.OpenAsync(location, readOnly: true);
        var votes = await store.VotesAsync();
        var lost = run.Acknowledged.Keys.Except(votes.Select(vote => vote.Id)).Count();
        var doubled = votes.Count - votes.DistinctBy(vote => (vote.Task, vote.Annotator)).Count();
        var over = votes.CountBy(vote => vote.Task).Count(task => task.Value > overlap);
        var missing = (tasks * overlap) - votes.Count;
        Console.Out.WriteLine($"acknowledged and lost: {lost}; doubled: {doubled}; tasks above the overlap: {over}; saved {votes.Count} of {tasks * overlap}");
        return lost + doubled + over == 0 && missing == 0 ? ExitCodes.Done : ExitCodes.Unexpected;
    }

    private sealed class Run
    {
        private int _failures;

        public ConcurrentDictionary<string, string> Acknowledged { get; } = new(StringComparer.Ordinal);

        public ConcurrentBag<double> Saved { get; } = [];

        public ConcurrentBag<double> Given { get; } = [];

        public int Failures => _failures;

        public void CountFailure() => Interlocked.Increment(ref _failures);
    }

    // 'alignment label serve' of this very program, always at the same port.
    private sealed class ServerProcess : IDisposable
    {
        private readonly string _location;
        private readonly int _port;
        private Process? _process;

        public ServerProcess(string location)
        {
            _location = location;
            using (var listener = new TcpListener(IPAddress.Loopback, 0))
            {
                listener.Start();
                _port = ((IPEndPoint)listener.LocalEndpoint).Port;
            }

            Start();
        }

        public Uri Address => new($"http://127.0.0.1:{_port}/");

        public int Kills { get; private set; }

        public void Start()
        {
            var (program, arguments) = ThisProgram.With("label", "serve", "--project", _location, "--address", $"127.0.0.1:{_port}");
            _process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            _process.OutputDataReceived += (_, _) => { };
            _process.ErrorDataReceived += (_, line) =>
            {
                if (line.Data?.StartsWith("error", StringComparison.Ordinal) == true)
                {
                    Console.Error.WriteLine($"server: {line.Data}");
                }
            };
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public void Kill()
        {
            _process?.Kill();
            _process?.WaitForExit();
            _process?.Dispose();
            _process = null;
            Kills++;
        }

        public void Dispose()
        {
            if (_process is not null)
            {
                Kill();
            }
        }
    }
}
