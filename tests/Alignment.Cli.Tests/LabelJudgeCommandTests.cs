using Alignment.Labeling.Tests.Chat;
using Alignment.Labeling.Tests.Judging;

namespace Alignment.Cli.Tests;

/// <summary><c>alignment label judge</c> against a server in this process.</summary>
public sealed class LabelJudgeCommandTests : IDisposable
{
    private const string Secret = "sk-never-to-be-seen";
    private const string Variable = "ALIGNMENT_JUDGE_TEST_KEY";

    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-judge-").FullName;

    public LabelJudgeCommandTests()
    {
        Environment.SetEnvironmentVariable(Variable, Secret); // the program inherits it
        File.WriteAllLines(Path.Combine(_folder, "candidates.jsonl"), Enumerable.Range(0, 4).Select(i => $$"""{"prompt": "p{{i}}", "candidates": ["good {{i}}", "bad {{i}}"]}"""));
        Label("export", "--project", "labels", "--candidates", "candidates.jsonl", "--gold-share", "0").Code.ShouldBe(0);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        Directory.Delete(_folder, recursive: true);
    }

    private (int Code, string Output, string Error) Label(params string[] arguments) => Cli.RunIn(_folder, ["label", .. arguments]);

    private (int Code, string Output, string Error) Judge(ScriptedServer server, params string[] arguments)
    {
        var result = Label(["judge", "--project", "labels", "--endpoint", server.Address.ToString(), "--model", "rule", "--api-key-env", Variable, .. arguments]);
        (result.Output + result.Error).ShouldNotContain(Secret);
        Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).ShouldAllBe(file => !File.ReadAllText(file).Contains(Secret));
        return result;
    }

    // Its reasons quote the key that it was sent.
    private static string Verdict(SeenRequest request)
    {
        var pair = AskedPair.Of(request.LastMessage);
        return $$"""{"reason": "{{request.Headers["Authorization"]}}", "verdict": "{{(pair.A.StartsWith("good", StringComparison.Ordinal) ? "A" : "B")}}", "strength": 1}""";
    }

    [Fact]
    public async Task AJudge_VotesUpToItsBudget_GoesOn_AndIsReported()
    {
        await using var server = new ScriptedServer(request => ScriptedServer.Says(Verdict(request)));
        Judge(server, "--dry-run", "--price-in", "1", "--price-out", "2").Output.ShouldContain("4 tasks (0 are judged): 8 questions");
        server.Seen.ShouldBeEmpty();

        var (code, output, error) = Judge(server, "--max-tokens-total", "2500", "--concurrency", "1");
        code.ShouldBe(2, output + error);
        error.ShouldContain("the budget is 2500 tokens");
        output.ShouldContain("4 tasks to judge");

        var rest = Judge(server);
        rest.Code.ShouldBe(0, rest.Output + rest.Error);
        server.Seen.Count.ShouldBe(8);
        server.Seen.ShouldAllBe(request => request.Headers["Authorization"] == $"Bearer {Secret}");
        Judge(server).Output.ShouldContain("0 tasks to judge, 4 judged before");
        Label("report", "--project", "labels", "--bootstrap", "20").Output.ShouldContain("judge:rule");
        Label("resolve", "--project", "labels", "--output", "rows.jsonl").Output.ShouldContain("4 decided");
        File.ReadAllLines(Path.Combine(_folder, "rows.jsonl")).ShouldAllBe(row => row.Contains("\"chosen\":\"good") || row.Contains("\"chosen\": \"good"));
    }

    [Fact]
    public async Task Refusals_EndWithTwo_AndUnansweredTasksToo()
    {
        await using var refusing = new ScriptedServer(_ => ScriptedServer.Body(401, $$$"""{"error": {"message": "wrong key {{{Secret}}}"}}"""));
        var refused = Judge(refusing);
        refused.Code.ShouldBe(2);
        refused.Error.ShouldContain($"wrong key [key]; is the key in {Variable} right?");
        refusing.Seen.Count.ShouldBeLessThanOrEqualTo(4);

        await using var talking = new ScriptedServer(_ => ScriptedServer.Says("well, well"));
        var unparsable = Judge(talking);
        unparsable.Code.ShouldBe(2);
        unparsable.Output.ShouldContain("4 tasks: 4 unparsable");
    }

    [Fact]
    public void Mistakes_SayWhatToDo()
    {
        Label("judge", "--project", "labels").Error.ShouldContain("either --endpoint URL with --model NAME, or --model-folder DIR");
        Label("judge", "--project", "labels", "--endpoint", "http://192.0.2.1/v1", "--model", "m", "--api-key-env", Variable).Error.ShouldContain("unencrypted to 192.0.2.1");
        Label("judge", "--project", "labels", "--endpoint", "localhost", "--model", "m").Error.ShouldContain("http://localhost:8000/v1");
        var many = Label("judge", "--project", "labels", "--endpoint", "http://localhost", "--model", "m", "--samples", "3", "--max-cost", "1", "--concurrency", "0");
        many.Code.ShouldBe(2);
        many.Error.ShouldContain("--samples is 3 with temperature 0");
        many.Error.ShouldContain("--max-cost needs price_in");
        many.Error.ShouldContain("--concurrency is 0");
    }
}
