using System.Text.Json.Nodes;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Templates;

/// <summary>Random conversations in every built-in template: what is learned is exactly what the assistant says, with one end token behind each answer.</summary>
public sealed class LossMaskPropertyTests : IDisposable
{
    private const int Rounds = 40;
    private static readonly string[] Specials = ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<start_of_turn>", "<end_of_turn>", "<|user|>", "<|assistant|>", "<|system|>", "<|end|>"];
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Templates => ["chatml", "llama-3", "zephyr", "gemma", "phi-3", "alpaca"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Templates))]
    public void Build_RandomConversations_LearnsTheAnswersAndOneEndEach(string name)
    {
        var tokenizer = Tokenizer();
        var template = ChatTemplate.Named(name);
        var options = new ExampleOptions { Tokenizer = tokenizer, MaxLength = int.MaxValue, Template = template };
        var trims = name is "llama-3" or "gemma"; // their templates trim what a message says
        var random = new Random(11);
        for (var round = 0; round < Rounds; round++)
        {
            var messages = Conversation(random, withSystem: round % 3 == 0);

            var examples = SupervisedExamples.Build([new MessagesRow(messages) { Id = $"f:{round}" }], options).Examples;

            var learned = examples.SelectMany(example => Runs(example.Ids, example.Supervised)).ToList();
            learned.ShouldAllBe(run => tokenizer.IsSpecial(run.Last()) && run.Count(tokenizer.IsSpecial) == 1);
            learned.Select(run => tokenizer.Decode(run[..^1], skipSpecials: false))
                .ShouldBe(messages.Where(message => message.Role == Message.Assistant).Select(message => trims ? message.Content.Trim() : message.Content));
            examples.ShouldAllBe(example => !example.Supervised[0]);
        }
    }

    private static Message[] Conversation(Random random, bool withSystem)
    {
        List<Message> messages = withSystem ? [new(Message.System, ChatTemplateTests.Noise(random))] : [];
        for (var turn = random.Next(1, 5); turn > 0; turn--)
        {
            messages.Add(new Message(Message.User, ChatTemplateTests.Noise(random)));
            messages.Add(new Message(Message.Assistant, ChatTemplateTests.Noise(random)));
        }

        return [.. messages];
    }

    private static IEnumerable<int[]> Runs(int[] ids, bool[] supervised)
    {
        for (var at = 0; at < ids.Length; at++)
        {
            var first = at;
            while (at < ids.Length && supervised[at])
            {
                at++;
            }

            if (at > first)
            {
                yield return ids[first..at];
            }
        }
    }

    /// <summary>The tiny tokenizer with the special tokens of all templates.</summary>
    private TextTokenizer Tokenizer()
    {
        TinyTokenizer.WriteTo(_folder);
        var path = Path.Combine(_folder.Path, "tokenizer.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        var id = json["model"]!["vocab"]!.AsObject().Count;
        foreach (var content in Specials)
        {
            json["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = id++, ["content"] = content, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true });
        }

        File.WriteAllText(path, json.ToJsonString());
        return TextTokenizer.Load(_folder.Path);
    }
}
