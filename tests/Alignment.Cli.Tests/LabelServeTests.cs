using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Alignment.Cli.Tests;

/// <summary><c>alignment label serve</c> as a process: killed, stopped, started wrongly.</summary>
public sealed class LabelServeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-serve-").FullName;

    public LabelServeTests()
    {
        var project = Directory.CreateDirectory(Path.Combine(_folder, "labels")).FullName;
        File.WriteAllText(Path.Combine(project, "project.json"), """{"name": "p", "seed": 1}""");
        File.WriteAllLines(Path.Combine(project, "tasks.jsonl"), Enumerable.Range(0, 500).Select(i => $$"""{"id": "t{{i}}", "prompt": "p{{i}}", "candidates": [{"text": "a"}, {"text": "b"}]}"""));
    }

    private string[] Saved => [.. File.ReadAllLines(Path.Combine(_folder, "labels", "votes.jsonl")).Select(line => JsonNode.Parse(line)!["vote"]?["id"]?.GetValue<string>()).OfType<string>()];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task KilledWhilePeopleVote_NothingAcknowledgedIsLost_NothingIsDoubled()
    {
        ConcurrentBag<string> acknowledged = [];
        for (var round = 0; round < 2; round++)
        {
            var (server, address, _) = Start();
            using (server)
            {
                var voters = Enumerable.Range(0, 4).Select(i => VoteAsync(address, $"annotator-{i}", acknowledged)).ToList();
                var enough = acknowledged.Count + 30;
                while (acknowledged.Count < enough && voters.Any(voter => !voter.IsCompleted))
                {
                    await Task.Delay(10);
                }

                server.Kill();
                await Task.WhenAll(voters);
                await server.WaitForExitAsync();
            }

            acknowledged.Except(Saved).ShouldBeEmpty("acknowledged votes are lost");
            Saved.ShouldBeUnique();
        }

        acknowledged.Count.ShouldBeGreaterThanOrEqualTo(60);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task AskedToStop_EndsWithCode0_AfterSavingWhatWasSent(string signal)
    {
        var (server, address, _) = Start();
        using (server)
        {
            ConcurrentBag<string> acknowledged = [];
            var voter = VoteAsync(address, "ada", acknowledged);
            while (acknowledged.Count < 5)
            {
                await Task.Delay(10);
            }

            Process.Start("kill", [$"-{signal}", $"{server.Id}"])!.WaitForExit();
            await voter;
            server.WaitForExit(20_000).ShouldBeTrue("it should stop soon");
            server.ExitCode.ShouldBe(0);
            acknowledged.Except(Saved).ShouldBeEmpty();
        }
    }

    [Fact]
    public void TheAdminsLink_IsPrinted()
    {
        var (server, address, lines) = Start();
        using (server)
        {
            lines.ShouldContain(line => line.StartsWith($"admin:      {address}#token=", StringComparison.Ordinal));
            server.Kill();
            server.WaitForExit();
        }
    }

    [Fact]
    public void Mistakes_SayWhatToDo()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var (code, _, error) = Cli.RunIn(_folder, "label", "serve", "--project", "labels", "--address", $"127.0.0.1:{port}");
        (code, error.Contains($"--address is 127.0.0.1:{port}, where another program listens already", StringComparison.Ordinal)).ShouldBe((2, true), error);
        (code, _, error) = Cli.RunIn(_folder, "label", "serve", "--project", "labels", "--address", "0.0.0.0:0");
        (code, error.Contains("--tokens is missing", StringComparison.Ordinal)).ShouldBe((2, true), error);
        (code, _, error) = Cli.RunIn(_folder, "label", "serve", "--project", "nowhere");
        (code, error.Contains("there is no labelling project", StringComparison.Ordinal)).ShouldBe((3, true), error);
    }

    [Fact]
    public void Tokens_ArePrintedOnce_AndTheFileHoldsHashes()
    {
        var (code, output, error) = Cli.RunIn(_folder, "label", "token", "ada", "bob", "--tokens", "tokens.jsonl");
        (code, error).ShouldBe((0, ""));
        Cli.RunIn(_folder, "label", "token", "eve", "--admin", "--tokens", "tokens.jsonl").Code.ShouldBe(0);
        var tokens = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToDictionary(parts => parts[0], parts => parts[1]);
        tokens.Keys.ShouldBe(["ada", "bob"]);
        var file = File.ReadAllLines(Path.Combine(_folder, "tokens.jsonl"));
        file.Length.ShouldBe(3);
        file[2].ShouldContain("\"role\":\"admin\"");
        string.Concat(file).ShouldNotContain(tokens["ada"]);
    }

    private (Process Server, Uri Address, List<string> Lines) Start()
    {
        var server = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "label", "serve", "--project", "labels", "--address", "127.0.0.1:0"]) { WorkingDirectory = _folder, RedirectStandardOutput = true })!;
        List<string> lines = [];
        while (lines.Count < 4 && server.StandardOutput.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return (server, new(lines.Single(line => line.StartsWith("annotators: ", StringComparison.Ordinal))["annotators: ".Length..]), lines);
    }

    private static async Task VoteAsync(Uri address, string annotator, ConcurrentBag<string> acknowledged)
    {
        using var client = new HttpClient { BaseAddress = address };
        try
        {
            var session = await (await client.PostAsJsonAsync("/api/session", new { annotator })).Content.ReadFromJsonAsync<JsonNode>();
            client.DefaultRequestHeaders.Add("X-CSRF", session!["csrf"]!.GetValue<string>());
            while (true)
            {
                var next = await client.GetFromJsonAsync<JsonNode>("/api/next");
                if (next!["items"]!.AsArray() is not [{ } item])
                {
                    return;
                }

                var vote = new { id = Guid.NewGuid().ToString(), task = item["task"]!.GetValue<string>(), choice = 0 };
                var receipts = await (await client.PostAsJsonAsync("/api/votes", new { votes = new[] { vote } })).Content.ReadFromJsonAsync<JsonNode>();
                if (receipts!["receipts"]![0]!["status"]!.GetValue<string>() == "saved")
                {
                    acknowledged.Add(vote.id);
                }
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or System.Text.Json.JsonException or TaskCanceledException)
        {
            // The server is gone.
        }
    }
}
