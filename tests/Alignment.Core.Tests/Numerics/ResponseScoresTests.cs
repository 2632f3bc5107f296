using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Numerics;

public sealed class ResponseScoresTests : IDisposable
{
    private static readonly PromptedResponse[] Responses =
    [
        new([5, 6, 7], [8, 9, 3]), new([5], [3]), new([10, 11, 12, 13, 14], [15]), new([20, 21], [22, 23, 24, 25, 26, 3]),
    ];

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly CausalLm _model = Tiny.Model("llama");

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(2, 1.0)]
    [InlineData(4, 0.7)]
    public void LogProbs_AnyBatch_IsTheDenseSum(int batchSize, double temperature)
    {
        var found = ResponseScores.LogProbs(_model, Responses, batchSize, temperature);

        for (var i = 0; i < Responses.Length; i++)
        {
            var (prompt, response) = Responses[i];
            long[] all = [.. prompt.Concat(response).Select(id => (long)id)];
            var logits = _model.forward(tensor(all, [1, all.Length])).squeeze(0) / temperature; // [T, V]
            var logProbs = logits.log_softmax(-1);
            var sum = response.Select((id, t) => logProbs[prompt.Length + t - 1, id].ToDouble()).Sum();
            found[i].ShouldBe(sum, 1e-4);
        }
    }

    [Fact]
    public void Rewards_AnyBatch_IsTheScalarAtTheLastToken()
    {
        using var folder = new TemporaryFolder();
        ModelFolder.Save(_model, folder["sft"]);
        using var model = ModelFolder.LoadScalarHead(folder["sft"], seed: 4);

        var found = ResponseScores.Rewards(model, Responses, batchSize: 3);

        for (var i = 0; i < Responses.Length; i++)
        {
            long[] all = [.. Responses[i].Prompt.Concat(Responses[i].Response).Select(id => (long)id)];
            found[i].ShouldBe(model.Values(tensor(all, [1, all.Length]))[0, all.Length - 1].ToDouble(), 1e-5);
        }
    }

    [Fact]
    public void LogProbs_EmptyResponse_IsRefused() =>
        Should.Throw<ArgumentException>(() => ResponseScores.LogProbs(_model, [new([1], [])], 2)).Message.ShouldContain("empty");

    [Fact]
    public void LogProbs_ManyBatches_LeavesNoTensorBehind()
    {
        ResponseScores.LogProbs(_model, Responses, 2);
        var before = Tensor.TotalCount;
        for (var i = 0; i < 20; i++)
        {
            ResponseScores.LogProbs(_model, Responses, 2);
        }

        Tensor.TotalCount.ShouldBeLessThanOrEqualTo(before); // less, where the garbage collector found an older one
    }
}
