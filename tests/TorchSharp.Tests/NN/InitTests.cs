using static TorchSharp.torch;

namespace TorchSharp.Tests.NN;

public sealed class InitTests
{
    [Fact]
    public void RandomInits_SameGeneratorSeed_GiveTheSameValues()
    {
        using var scope = NewDisposeScope();
        Tensor[] Draw(ulong seed)
        {
            using var generator = new Generator(seed);
            return
            [
                nn.init.normal_(zeros(50), 1, 2, generator),
                nn.init.uniform_(zeros(50), -1, 3, generator),
                nn.init.trunc_normal_(zeros(50), generator: generator),
            ];
        }

        var first = Draw(4);
        var second = Draw(4);
        var other = Draw(5);

        for (var i = 0; i < first.Length; i++)
        {
            first[i].Equals(second[i]).ShouldBeTrue();
            first[i].Equals(other[i]).ShouldBeFalse();
        }
    }

    [Fact]
    public void TruncNormal_ManyDraws_StayWithinTheBoundsAroundTheMean()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);

        var x = nn.init.trunc_normal_(zeros(20_000), mean: 0.5, std: 1, a: -0.5, b: 1.5, generator: generator);

        x.min().ToDouble().ShouldBeGreaterThanOrEqualTo(-0.5);
        x.max().ToDouble().ShouldBeLessThanOrEqualTo(1.5);
        x.mean().ToDouble().ShouldBe(0.5, 0.02);
        x.std().ToDouble().ShouldBe(0.5396, 0.01); // σ of N(0,1) cut at ±1
    }

    [Fact]
    public void Xavier_Kaiming_FillTheirIntervals()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);

        nn.init.xavier_uniform_(zeros(100, 200)).abs().max().ToDouble().ShouldBe(Math.Sqrt(6.0 / 300), 1e-4);
        nn.init.kaiming_uniform_(zeros(100, 200)).abs().max().ToDouble().ShouldBe(Math.Sqrt(6.0 / 200), 1e-4);
        nn.init.kaiming_uniform_(zeros(100, 200), mode: nn.init.FanInOut.FanOut).abs().max().ToDouble().ShouldBe(Math.Sqrt(6.0 / 100), 1e-4);
        Should.Throw<ArgumentException>(() => nn.init.xavier_uniform_(zeros(3)));
    }

    [Fact]
    public void Constants_OnAParameter_LeaveItALeafWithGradient()
    {
        using var parameter = nn.Parameter(zeros(3));

        ReferenceEquals(nn.init.constant_(parameter, 2.5), parameter).ShouldBeTrue();

        parameter.detach().data<float>().ToArray().ShouldBe([2.5f, 2.5f, 2.5f]);
        parameter.is_leaf.ShouldBeTrue();
        parameter.requires_grad.ShouldBeTrue();
    }
}
