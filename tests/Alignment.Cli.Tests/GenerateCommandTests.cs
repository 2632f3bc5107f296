using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Data.Tokenization;

namespace Alignment.Cli.Tests;

/// <summary><c>alignment generate</c> on a real trained model of 260 thousand parameters.</summary>
public sealed class GenerateCommandTests : IDisposable
{
    private static readonly string Model = Path.Combine(AppContext.BaseDirectory, "Fixtures", "stories260K");

    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Generate_Greedy_IsTheTextThatTheModelsAuthorPublished()
    {
        var (code, output, error) = Generate("Once upon a time", "--bos", "--temperature", "0", "--max-new-tokens", "60");

        error.ShouldBeEmpty();
        code.ShouldBe(0);
        var published = File.ReadAllText(Path.Combine(Model, "expected_greedy.txt"));
        ("Once upon a time" + output.TrimEnd('\n')).ShouldBe(published[..("Once upon a time".Length + output.TrimEnd('\n').Length)]);
        output.ShouldStartWith(", there was a little girl named Lily. She loved to play outside in the park.");
    }

    [Fact]
    public void Generate_WithoutAvx512_GivesTheSameBitsAndWithTorchsOperatorsTheSameText()
    {
        string[] arguments = ["generate", "--model", Model, "Once upon a time", "One day", "--bos", "--samples", "3", "--max-new-tokens", "40", "--jsonl"];
        var (code, output, error) = Cli.Run(arguments);

        code.ShouldBe(0, error);
        Cli.RunUnder("DOTNET_EnableAVX512", "0", arguments).Output.ShouldBe(output);
        Responses(Cli.RunUnder("ALIGNMENT_KERNELS", "0", arguments).Output).ShouldBe(Responses(output));
    }

    [Fact]
    public void Generate_Jsonl_HasALineForEachSampleOfEachPrompt()
    {
        File.WriteAllText(Path.Combine(_folder, "rows.jsonl"), """{"prompt": "The cat", "answer": "x"}""" + "\n");
        File.WriteAllText(Path.Combine(_folder, "lines.txt"), "A dog\n\nThe sun\n");
        string[] arguments = ["One day", "--prompts", "rows.jsonl", "--prompts", "lines.txt", "--bos", "--samples", "2", "--max-new-tokens", "8", "--seed", "7", "--jsonl"];

        var (code, output, error) = Generate(arguments);

        error.ShouldBeEmpty();
        code.ShouldBe(0);
        var rows = Rows(output);
        rows.Select(row => (string?)row["id"]).ShouldBe(["prompt 1", "prompt 1", "rows.jsonl:1", "rows.jsonl:1", "lines.txt:1", "lines.txt:1", "lines.txt:3", "lines.txt:3"]);
        rows.Select(row => (string?)row["prompt"]).Distinct().ShouldBe(["One day", "The cat", "A dog", "The sun"]);
        rows.Select(row => (int?)row["sample"]).Distinct().ShouldBe([0, 1]);
        rows.ShouldAllBe(row => row["tokens"]!.AsArray().Count == 8 && (string?)row["finish"] == "length");
        rows.ShouldAllBe(row => Math.Abs(row["logprobs"]!.AsArray().Sum(value => (double)value!) - (double)row["logprob"]!) < 1e-3 && (double)row["logprob"]! < 0);
        rows.Select(row => (string?)row["response"]).Distinct().Count().ShouldBe(8);

        // The same seed gives the same text, whatever shares the batch; another seed another text.
        Responses(Generate([.. arguments, "--batch-size", "3"]).Output).ShouldBe(Responses(output));
        Responses(Generate([.. arguments, "--seed", "8"]).Output).ShouldNotBe(Responses(output));
    }

    [Fact]
    public void Generate_StandardInputAndStopString_EndsThere()
    {
        var (code, output, error) = Cli.RunWith("Once upon a time\n", _folder, "generate", "--model", Model, "--bos", "--temperature", "0", "--stop", "Lily", "--jsonl");

        error.ShouldBeEmpty();
        code.ShouldBe(0);
        var row = Rows(output).Single();
        ((string?)row["id"]).ShouldBe("standard input:1");
        ((string?)row["finish"]).ShouldBe("stop_string");
        ((string?)row["response"])!.ShouldEndWith("Lily");
    }

    [Theory]
    [InlineData(2, "temperature: must be 0 (greedy) or positive, got -1", "Hello", "--temperature", "-1")]
    [InlineData(2, "top_p: must be in (0, 1], got 2", "Hello", "--top-p", "2")]
    [InlineData(2, "--samples is 0; it must be at least 1", "Hello", "--samples", "0")]
    [InlineData(2, "Unknown option '--temprature'", "Hello", "--temprature", "1")]
    [InlineData(2, "no special token <|im_start|>", "Hello", "--template", "chatml")]
    [InlineData(2, "prompt 1: the prompt is empty", "")]
    [InlineData(3, "No data file matches 'absent.txt'", "--prompts", "absent.txt")]
    public void Generate_BadArguments_SayWhatAndHow(int exitCode, string message, params string[] arguments)
    {
        var (code, output, error) = Generate(arguments);

        error.ShouldContain(message);
        code.ShouldBe(exitCode);
        output.ShouldBeEmpty();
        error.ShouldNotContain("   at ");
    }

    [Fact]
    public void Generate_NoPromptAtAll_Gives2()
    {
        var (code, _, error) = Cli.RunWith("", _folder, "generate", "--model", Model);
        error.ShouldContain("there is no prompt");
        code.ShouldBe(2);
    }

    [Fact]
    public void Generate_PromptBeyondTheContext_Gives2()
    {
        var (code, _, error) = Generate(string.Concat(Enumerable.Repeat("word ", 600)));
        error.ShouldContain("prompt 1: the prompt has");
        error.ShouldContain("the model's context 512: no room for a response");
        code.ShouldBe(2);
    }

    [Fact]
    public void Generate_ARowBeyondTheContext_NamesFileAndLineAndLeavesTheOldOutput()
    {
        File.WriteAllText(Path.Combine(_folder, "rows.jsonl"), $$"""
            {"prompt": "The cat"}
            {"prompt": "{{string.Concat(Enumerable.Repeat("word ", 600))}}"}
            """);
        File.WriteAllText(Path.Combine(_folder, "out.jsonl"), "old");

        var (code, _, error) = Generate("--prompts", "rows.jsonl", "--output", "out.jsonl");

        error.ShouldContain("rows.jsonl:2: the prompt has");
        code.ShouldBe(2);
        File.ReadAllText(Path.Combine(_folder, "out.jsonl")).ShouldBe("old");
    }

    [Fact]
    public void Generate_IntoAFile_WritesTheSameLinesInTheOrderOfThePrompts()
    {
        // Five batches of one response: the file is written in several pieces, the shortest prompt is last.
        string[] arguments = ["Once upon a time there was a cat", "The cat", "A dog and a bird", "The sun", "I", "--bos", "--max-new-tokens", "5"];

        var (code, output, error) = Generate([.. arguments, "--batch-size", "1", "--output", "out.jsonl"]);

        error.ShouldBeEmpty();
        output.ShouldBeEmpty();
        code.ShouldBe(0);
        var written = File.ReadAllText(Path.Combine(_folder, "out.jsonl"));
        Rows(written).Select(row => (string?)row["prompt"]).ShouldBe(arguments[..5]);
        Responses(written).ShouldBe(Responses(Generate([.. arguments, "--jsonl"]).Output));
        Directory.GetFiles(_folder).Length.ShouldBe(1);
    }

    [Fact]
    public void Generate_WithAGenerationConfig_SamplesAsItSaysUnlessTold()
    {
        var model = Path.Combine(_folder, "model");
        Directory.CreateDirectory(model);
        foreach (var file in Directory.GetFiles(Model))
        {
            File.Copy(file, Path.Combine(model, Path.GetFileName(file)));
        }

        var settings = Path.Combine(model, "generation_config.json");
        File.WriteAllText(settings, """{"eos_token_id": 2, "do_sample": false, "temperature": 0.7, "max_new_tokens": 9}""");
        var (code, output, error) = Cli.RunIn(_folder, "generate", "--model", model, "Once upon a time", "--bos", "--jsonl");

        code.ShouldBe(0);
        error.ShouldBe($"note: {settings} gives max_new_tokens 9, the most likely token each time\n");
        var row = Rows(output).Single();
        row["tokens"]!.AsArray().Count.ShouldBe(9);
        ", there was a little girl named Lily.".ShouldStartWith((string)row["response"]!);

        Cli.RunIn(_folder, "generate", "--model", model, "Hi", "--max-new-tokens", "2", "--temperature", "1", "--jsonl").Error.ShouldBeEmpty();
        File.WriteAllText(settings, """{"eos_token_id": 2, "top_p": "high"}""");
        var (bad, _, message) = Cli.RunIn(_folder, "generate", "--model", model, "Hi");
        bad.ShouldBe(2);
        message.ShouldContain("'top_p' must be a number, got \"high\"");
    }

    [Fact]
    public void Generate_BestOfN_KeepsWhatTheRewardModelLikesBest()
    {
        var reward = Path.Combine(_folder, "reward");
        using (var model = ModelFolder.LoadScalarHead(Model, seed: 3))
        {
            ModelFolder.Save(model, reward, new() { CopyTokenizer = TextTokenizer.Load(Model).CopyTo });
        }

        string[] arguments = ["The cat", "A dog", "--bos", "--samples", "3", "--max-new-tokens", "6", "--jsonl"];
        var all = Rows(Generate(arguments).Output);
        var (code, output, error) = Generate([.. arguments, "--reward-model", reward]);

        error.ShouldBeEmpty();
        code.ShouldBe(0);
        var best = Rows(output);
        best.Count.ShouldBe(2);
        foreach (var row in best)
        {
            var rewards = row["rewards"]!.AsArray().Select(value => (double)value!).ToList();
            rewards.Count.ShouldBe(3);
            ((double)row["reward"]!).ShouldBe(rewards.Max());
            var sample = rewards.IndexOf(rewards.Max());
            ((int)row["sample"]!).ShouldBe(sample);
            ((string?)row["response"]).ShouldBe((string?)all.Single(other => (string?)other["id"] == (string?)row["id"] && (int)other["sample"]! == sample)["response"]);
        }

        var (wrong, _, message) = Generate("Hi", "--reward-model", Model);
        wrong.ShouldBe(2);
        message.ShouldContain("--reward-model holds a LlamaForCausalLM, which scores nothing");
    }

    [Fact]
    public void Generate_SeveralRewardModels_RankByTheirLowestReward()
    {
        string[] folders = [Path.Combine(_folder, "one"), Path.Combine(_folder, "two")];
        foreach (var (seed, folder) in folders.Index())
        {
            using var model = ModelFolder.LoadScalarHead(Model, seed: 3 + seed);
            (model.RewardMean, model.RewardStd) = (seed, 0.5);
            ModelFolder.Save(model, folder, new() { CopyTokenizer = TextTokenizer.Load(Model).CopyTo });
        }

        string[] arguments = ["The cat", "--bos", "--samples", "3", "--max-new-tokens", "6", "--jsonl"];
        double[] Rewards(params string[] more)
        {
            var (code, output, error) = Generate([.. arguments, .. more]);
            code.ShouldBe(0, error);
            return [.. Rows(output).Single()["rewards"]!.AsArray().Select(value => (double)value!)];
        }

        var (one, two) = (Rewards("--reward-model", folders[0]), Rewards("--reward-model", folders[1]));
        var both = Rewards("--reward-model", folders[0], "--reward-model", folders[1], "--reward-aggregation", "min");
        both.Zip(one.Zip(two, Math.Min)).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-5);

        var (wrong, _, message) = Generate("Hi", "--reward-aggregation", "min");
        wrong.ShouldBe(2);
        message.ShouldContain("reward_aggregation is given without --reward-model");
    }

    [Fact]
    public void Generate_NoModel_Gives3()
    {
        var (code, _, error) = Cli.RunIn(_folder, "generate", "Hello", "--model", "nowhere");
        error.ShouldContain("nowhere");
        code.ShouldBe(3);
    }

    private (int Code, string Output, string Error) Generate(params string[] arguments) => Cli.RunIn(_folder, ["generate", "--model", Model, .. arguments]);

    private static IEnumerable<string?> Responses(string output) => Rows(output).Select(row => (string?)row["response"]);

    private static List<JsonObject> Rows(string output) => [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
}
