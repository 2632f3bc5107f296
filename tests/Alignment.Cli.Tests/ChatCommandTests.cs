using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Data.Tokenization;

namespace Alignment.Cli.Tests;

/// <summary><c>alignment chat</c> with lines from a pipe, on a random model whose tokenizer has ChatML's tokens.</summary>
public sealed class ChatCommandTests : IClassFixture<ChatCommandTests.TinyChatModel>, IDisposable
{
    private readonly string _model;
    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-cli-").FullName;

    public ChatCommandTests(TinyChatModel model)
    {
        _model = model.Folder;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Chat_QuestionsAndCommands_DoWhatHelpSays()
    {
        var (code, output, notes) = Chat(
            """
            Hello there
            /stats
            How are you?
            /stats
            /undo
            How are you?
            /reset
            Hello there
            /system Be brief.
            /save talk.jsonl
            //etc
            /frobnicate
            /exit
            never read
            """);

        code.ShouldBe(0);
        var answers = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        answers.Length.ShouldBe(5);
        answers[2].ShouldBe(answers[1]); // undone and asked again
        answers[3].ShouldBe(answers[0]); // forgotten and asked again
        notes.ShouldContain("8 tokens in ");
        notes.ShouldContain("cut off at its greatest length");
        notes.ShouldContain("The last question and its answer are forgotten.");
        notes.ShouldContain("There is no command /frobnicate; /help lists them.");

        // ChatML's turn around the question is what is new in the second prompt; the first turn is in the cache, but for its last token.
        var figures = notes.Split('\n').Where(line => line.Contains("run anew", StringComparison.Ordinal)).ToList();
        figures.Count.ShouldBe(2);
        Number(figures[1], " of the prompt's run anew").ShouldBeLessThan(Number(figures[1], " of 200 tokens") - 16);

        var saved = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "talk.jsonl")))!["messages"]!.AsArray();
        saved.Select(message => (string)message!["role"]!).ShouldBe(["system", "user", "assistant"]);
        ((string)saved[0]!["content"]!).ShouldBe("Be brief.");
        ((string)saved[2]!["content"]!).ShouldBe(answers[0]);
    }

    [Fact]
    public void Chat_FullContext_DropsTheOldestTurnsAndSaysSo()
    {
        var (code, output, notes) = Chat(string.Concat(Enumerable.Repeat("Hello there\n", 6)) + string.Concat(Enumerable.Repeat("word ", 200)) + "\nHello there\n", "--context", "60");

        code.ShouldBe(0);
        notes.ShouldContain("The context is full: the oldest 2 messages were dropped.");
        notes.ShouldContain("error: your message: has ");
        notes.ShouldContain("write a shorter one, or start with a larger --context");
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(7); // the one too long has no answer, those after it have
    }

    [Theory]
    [InlineData(2, "--context is 1; it must be at least 2", "--context", "1")]
    [InlineData(2, "top_p: must be in (0, 1], got 3", "--top-p", "3")]
    [InlineData(2, "Unrecognized command or argument 'Hello'", "Hello")]
    public void Chat_BadArguments_SayWhat(int exitCode, string message, params string[] arguments)
    {
        var (code, output, error) = Chat("Hi\n", arguments);
        error.ShouldContain(message);
        code.ShouldBe(exitCode);
        output.ShouldBeEmpty();
    }

    [Fact]
    public void Chat_ModelWithoutATemplate_AsksForOne()
    {
        var model = Path.Combine(AppContext.BaseDirectory, "Fixtures", "stories260K");
        var (code, _, error) = Cli.RunWith("Hi\n", _folder, "chat", "--model", model);
        error.ShouldContain("the model folder ships no chat template");
        code.ShouldBe(2);
    }

    private (int Code, string Output, string Error) Chat(string lines, params string[] arguments) =>
        Cli.RunWith(lines, _folder, ["chat", "--model", _model, "--temperature", "0", "--max-new-tokens", "8", .. arguments]);

    /// <summary>The number before some words.</summary>
    private static int Number(string line, string words) =>
        int.Parse(line[..line.IndexOf(words, StringComparison.Ordinal)].Split(' ', ',', ';')[^1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Two layers with random weights; answers are nonsense but always the same.</summary>
    public sealed class TinyChatModel : IDisposable
    {
        private readonly string _root = Directory.CreateTempSubdirectory("alignment-cli-").FullName;

        public TinyChatModel()
        {
            var text = Path.Combine(_root, "text.txt");
            File.WriteAllText(text, string.Concat(Enumerable.Repeat("Hello there, how are you? The word is a word.\n", 4)));
            var tokenizer = Path.Combine(_root, "tokenizer");
            TokenizerTraining.Run(new TokenizerTrainingOptions { Files = [text], VocabSize = 300 }, tokenizer);
            var loaded = TextTokenizer.Load(tokenizer);
            var config = ModelConfig.Parse(
                $$"""
                {"model_type": "llama", "vocab_size": {{loaded.VocabularySize}}, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64,
                 "max_position_embeddings": 200, "initializer_range": 0.3, "eos_token_id": {{loaded.EosId}}}
                """,
                "config.json");
            using var model = ModelFolder.CreateCausalLm(config, seed: 5);
            ModelFolder.Save(model, Folder, new() { CopyTokenizer = loaded.CopyTo });
        }

        public string Folder => Path.Combine(_root, "model");

        public void Dispose() => Directory.Delete(_root, recursive: true);
    }
}
