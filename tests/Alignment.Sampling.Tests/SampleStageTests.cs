using System.Text.Json.Nodes;
using Alignment.Data.Formats;
using Alignment.Data.Rows;
using Alignment.Tests;

namespace Alignment.Sampling.Tests;

public sealed class SampleStageTests
{
    private static readonly string[] Files = ["all.jsonl", "best_of_n.jsonl", "rejection.jsonl", "pairs.jsonl", "results.json"];

    [Fact]
    public void Run_WritesFilesThatStagesRead()
    {
        using var run = new TinyRun();
        run.Main(run.Root).ShouldBe(0);

        var all = TinyRun.Rows(run.Root, "all.jsonl");
        all.Count.ShouldBe(40);
        all.Select(row => row["response"]!.GetValue<string>()).Distinct().Count().ShouldBeGreaterThan(20); // drawn by chance
        var best = new RowReader(RowTypes.PromptCompletion).Read(run.At("sample", "best_of_n.jsonl")).Cast<PromptCompletionRow>().ToList();
        best.Count.ShouldBe(10);
        foreach (var (row, i) in TinyRun.Rows(run.Root, "best_of_n.jsonl").Select((row, i) => (row, i)))
        {
            var scores = all.Skip(4 * i).Take(4).Where(response => response["response"]!.GetValue<string>().Trim().Length > 0).Select(response => response["score"]!.GetValue<double>());
            row["meta"]!["score"]!.GetValue<double>().ShouldBe(scores.Max());
        }

        new RowReader(RowTypes.Preference).Read(run.At("sample", "pairs.jsonl")).Cast<PreferenceRow>().ShouldAllBe(pair => pair.Margin > 0);
        new RowReader(RowTypes.PromptCompletion).Read(run.At("sample", "rejection.jsonl")).Count().ShouldBeInRange(8, 10);

        var results = JsonNode.Parse(File.ReadAllText(run.At("sample", "results.json")))!;
        results["best_of_n"]!.AsArray().Select(one => one!["n"]!.GetValue<int>()).ShouldBe([1, 2, 4]);
        var means = results["best_of_n"]!.AsArray().Select(one => one!["reward"]!["mean"]!.GetValue<double>()).ToArray();
        means[0].ShouldBe(all.Average(row => row["score"]!.GetValue<double>()), 1e-9);
        means[2].ShouldBe(all.Chunk(4).Average(group => group.Max(row => row["score"]!.GetValue<double>())), 1e-9);
        means[1].ShouldBeInRange(means[0], means[2]);
    }

    [Fact]
    public void Run_KilledAtAnyMoment_EndsByteIdenticalWithoutSamplingAgain()
    {
        using var run = new TinyRun(prompts: 160); // five parts
        run.Main(run.At("whole")).ShouldBe(0);
        var (folder, parts) = (run.At("killed"), run.At("killed", "sample", "parts"));
        foreach (var count in (int[])[1, 3])
        {
            run.Start(folder, () => Directory.Exists(parts) && Directory.GetFiles(parts, "*.json").Length >= count).ExitCode.ShouldBe(128 + StageProcess.Kill);
        }

        var done = Directory.GetFiles(parts, "*.json").ToDictionary(file => file, File.GetLastWriteTimeUtc);
        done.Count.ShouldBeInRange(3, 4);
        run.Start(folder).ExitCode.ShouldBe(0);

        done.ShouldAllBe(part => File.GetLastWriteTimeUtc(part.Key) == part.Value);
        foreach (var file in Files)
        {
            File.ReadAllBytes(Path.Combine(folder, "sample", file)).ShouldBe(File.ReadAllBytes(run.At("whole", "sample", file)), file);
        }

        File.Delete(Path.Combine(folder, "sample", "pairs.jsonl"));
        var (code, text) = run.Start(folder);
        code.ShouldBe(0, text);
        File.ReadAllBytes(Path.Combine(folder, "sample", "pairs.jsonl")).ShouldBe(File.ReadAllBytes(run.At("whole", "sample", "pairs.jsonl")));
    }

    [Fact]
    public void Run_SeveralRowsInOneLine_RespondsToEach()
    {
        using var run = new TinyRun();
        File.WriteAllText(run.At("prompts.jsonl"), """[{"prompt": "Who sings?"}, {"prompt": "Who swims?"}, {"prompt": "Who sings?"}]""");
        run.Main(run.Root).ShouldBe(0);
        var rows = TinyRun.Rows(run.Root, "all.jsonl");
        rows.Select(row => row["prompt"]!.GetValue<string>()).Distinct().ShouldBe(["Who sings?", "Who swims?"]);
        rows.Select(row => row["meta"]!["row"]!.GetValue<string>()).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void Run_SystemMessages_StandInTheRowsThatAreWritten()
    {
        using var run = new TinyRun();
        run.Main(run.Root, "--set", "data.system={ texts: [Be brief.] }").ShouldBe(0);
        TinyRun.Rows(run.Root, "best_of_n.jsonl").ShouldAllBe(row => row["prompt"]![0]!["content"]!.GetValue<string>() == "Be brief." && row["completion"]![0]!["role"]!.GetValue<string>() == "assistant");
    }

    [Fact]
    public void Run_OtherBatchSize_RespondsAlike()
    {
        using var run = new TinyRun();
        run.Main(run.At("a")).ShouldBe(0);
        run.Main(run.At("b"), "--set", "batch_size=7").ShouldBe(0);
        run.Main(run.At("c"), "--seed", "2").ShouldBe(0);

        string[] Texts(string name) => [.. TinyRun.Rows(run.At(name), "all.jsonl").Select(row => row["response"]!.GetValue<string>())];
        Texts("b").ShouldBe(Texts("a"));
        Texts("c").ShouldNotBe(Texts("a"));
    }

    [Fact]
    public void Run_FunctionReward_ReadsTheColumnsOfTheRow()
    {
        using var run = new TinyRun(TinyRun.Options.Replace("reward_model: ROOT/rm", "rewards: [{ kind: max_words, limit: 2 }]"));
        run.Main(run.Root).ShouldBe(0);
        TinyRun.Rows(run.Root, "all.jsonl").Select(row => row["score"]!.GetValue<double>()).Distinct().ShouldBeSubsetOf([0.0, 1.0]);
    }

    [Fact]
    public void Run_SpinOnConversations_SetsTheLastAnswerAgainstTheModels()
    {
        using var run = new TinyRun(TinyRun.Options.Replace("[all, best_of_n, rejection, pairs]", "[spin]").Replace("    reward_model: ROOT/rm\n", ""));
        run.WriteRows("prompts.jsonl",
        [
            JsonNode.Parse("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Yes?"},{"role":"user","content":"Who?"},{"role":"assistant","content":"The bird."}]}""")!.AsObject(),
            JsonNode.Parse("""{"prompt":"Who?","completion":"A fish."}""")!.AsObject(),
        ]);
        run.Main(run.Root, "--set", "samples=1").ShouldBe(0);

        var rows = new RowReader(RowTypes.Preference).Read(run.At("sample", "spin.jsonl")).Cast<PreferenceRow>().ToList();
        ((ChatContent)rows[0].Prompt).Messages.Count.ShouldBe(3);
        rows[0].Chosen.ShouldBe(new ChatContent([new Message(Message.Assistant, "The bird.")]));
        rows[1].Chosen.ShouldBe(new PlainContent("A fish."));
        JsonNode.Parse(File.ReadAllText(run.At("sample", "results.json")))!["best_of_n"].ShouldBeNull();
    }

    [Theory]
    [InlineData(2, "reward_model, rewards, reward_command and reward_url: give one of them, got none", "reward_model=[]")]
    [InlineData(2, "'write[0]' is 'best'", "write=[best]")]
    [InlineData(2, "write is empty", "write=[]")]
    [InlineData(2, "samples is 1; pairs need at least 2 responses to a prompt", "samples=1")]
    [InlineData(2, "sampling.temperature is 0, which gives 4 times the same response", "sampling.temperature=0")]
    [InlineData(2, "rejection.min_reward is given beside top_share", "rejection={min_reward: 1, top_share: 0.5}")]
    [InlineData(2, "rejection.top_share is 2; it must be above 0 and at most 1", "rejection.top_share=2")]
    [InlineData(2, "pairs.min_margin is -1; it must be at least 0", "pairs.min_margin=-1")]
    [InlineData(2, "sampling.max_new_tokens is 64, which leaves no room for a prompt", "sampling.max_new_tokens=64")]
    [InlineData(2, "prompts.jsonl:1: the prompt has", "data.max_length=100", "sampling.max_new_tokens=63")]
    [InlineData(2, "holds a LlamaForCausalLM, which scores nothing", "reward_model=ROOT/policy")]
    [InlineData(3, "absent.jsonl", "prompts=[ROOT/absent.jsonl]")]
    public void Run_WrongInput_SaysWhatAndExitsWithItsCode(int code, string message, params string[] assignments)
    {
        using var run = new TinyRun();
        var error = Console.Error;
        using var text = new StringWriter();
        Console.SetError(text);
        try
        {
            run.Main(run.Root, [.. assignments.SelectMany(assignment => (string[])["--set", assignment.Replace("ROOT", run.Root)])]).ShouldBe(code, text.ToString());
        }
        finally
        {
            Console.SetError(error);
        }

        text.ToString().ShouldContain(message);
        Directory.Exists(run.At("sample", "parts")).ShouldBeFalse();
    }
}
