using Alignment.Training.Optimization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Training.Tests.Optimization;

public class OptimizerFactoryTests
{
    [Fact]
    public void AdamW_MatrixNormAndBias_OnlyTheMatrixDecays()
    {
        using var scope = NewDisposeScope();
        using var linear = nn.Linear(2, 2);
        using var norm = nn.LayerNorm(2);
        foreach (var parameter in linear.parameters().Concat(norm.parameters()))
        {
            using var noGrad = no_grad();
            parameter.fill_(1);
            parameter.grad = zeros_like(parameter);
        }

        using var optimizer = OptimizerFactory.AdamW(linear.parameters().Concat(norm.parameters()), weightDecay: 0.5, 0.9, 0.999, 1e-8);
        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = 0.1;
        }

        optimizer.step();

        // gradient 0, so only the decay acts: 1 · (1 − 0.1 · 0.5)
        Values(linear.weight!).ShouldAllBe(value => value == 0.95f);
        Values(linear.bias!).ShouldAllBe(value => value == 1);
        Values(norm.weight!).ShouldAllBe(value => value == 1);
        Values(norm.bias!).ShouldAllBe(value => value == 1);
    }

    [Fact]
    public void Trained_TiedAndFrozen_OnceAndNotAtAll()
    {
        using var tied = new Parameter(zeros(2, 2));
        using var frozen = new Parameter(zeros(2), requires_grad: false);

        OptimizerFactory.Trained([tied, frozen, tied]).ShouldHaveSingleItem().ShouldBeSameAs(tied);
    }

    [Fact]
    public void AdamW_NoMatrix_HasOneGroup()
    {
        using var bias = new Parameter(zeros(2));

        using var optimizer = OptimizerFactory.AdamW([bias], 0.1, 0.9, 0.999, 1e-8);

        optimizer.ParamGroups.Count().ShouldBe(1);
    }

    private static float[] Values(Tensor parameter) => parameter.detach().data<float>().ToArray();
}
