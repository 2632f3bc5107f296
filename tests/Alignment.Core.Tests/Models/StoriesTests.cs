using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

/// <summary>A real trained model (grouped-query attention, tied output) against a float64 reference; see Fixtures/README.md.</summary>
public sealed class StoriesTests : IDisposable
{
    private readonly JsonArray _cases = JsonNode.Parse(File.ReadAllText(Fixture.At("stories260K", "golden.json")))!["cases"]!.AsArray();
    private readonly CausalLm _model = ModelFolder.LoadCausalLm(Fixture.At("stories260K"));
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _model.Dispose();
    }

    [Fact]
    public void Logits_OfTheLastToken_EqualTheReference()
    {
        using var noGrad = no_grad();
        foreach (var golden in _cases)
        {
            var logits = _model.forward(Ids(golden!))[0, -1];

            Compare.MaxDifference(logits, tensor(Numbers<float>(golden!["last_logits"]!))).ShouldBeLessThan(1e-4);
        }
    }

    [Fact]
    public void TokenLogProbs_EqualTheReference()
    {
        using var noGrad = no_grad();
        foreach (var golden in _cases.Where(golden => golden!["token_logprobs"]!.AsArray().Count > 0))
        {
            var ids = Ids(golden!);

            var found = TokenLogProbs.Compute(_model.Hidden(ids)[0, ..^1], _model.OutputWeight, ids[0, 1..]);

            Compare.MaxDifference(found, tensor(Numbers<float>(golden!["token_logprobs"]!))).ShouldBeLessThan(1e-4);
        }
    }

    [Fact]
    public void Greedy_OfEveryPrompt_IsTheReferencesText()
    {
        foreach (var golden in _cases)
        {
            var expected = Numbers<long>(golden!["greedy_new_ids"]!);

            Greedy.Continue(_model, Numbers<long>(golden!["input_ids"]!), expected.Length, useCache: true).ShouldBe(expected);
        }
    }

    [Fact]
    public void Greedy_OfTheEmptyPrompt_IsTheAuthorsPublishedText()
    {
        var vocabulary = JsonNode.Parse(File.ReadAllText(Fixture.At("stories260K", "tokenizer.json")))!["model"]!["vocab"]!.AsObject()
            .ToDictionary(item => item.Value!.GetValue<long>(), item => item.Key);

        var ids = Greedy.Continue(_model, [1], 256, useCache: true);

        var text = string.Concat(ids.Select(id => vocabulary[id])).Replace("<0x0A>", "\n").Replace('\u2581', ' ');
        text.Trim().ShouldBe(File.ReadAllText(Fixture.At("stories260K", "expected_greedy.txt")).Trim());
    }

    private static Tensor Ids(JsonNode golden) => tensor(Numbers<long>(golden["input_ids"]!)).unsqueeze(0);

    private static T[] Numbers<T>(JsonNode list) => [.. list.AsArray().Select(value => value!.GetValue<T>())];
}
