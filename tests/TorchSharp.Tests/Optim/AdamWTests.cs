using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Optim;

public sealed class AdamWTests
{
    [Theory]
    [InlineData(false, false, 0.0)]
    [InlineData(false, false, 0.1)]
    [InlineData(true, false, 0.1)]
    [InlineData(false, true, 0.1)]
    public void Step_FiveGradients_FollowsTheFormula(bool amsgrad, bool maximize, double decay)
    {
        const double Rate = 0.01, Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6;
        double[] gradients = [0.5, -1.5, 0.25, 3, -0.01];
        using var parameter = nn.Parameter(tensor(new[] { 2.0 }));
        using var optimizer = optim.AdamW([parameter], Rate, Beta1, Beta2, Epsilon, decay, amsgrad, maximize);
        double theta = 2, m = 0, v = 0, largest = 0;
        for (var t = 1; t <= gradients.Length; t++)
        {
            SetGradient(parameter, gradients[t - 1]);
            optimizer.step();

            var g = maximize ? -gradients[t - 1] : gradients[t - 1];
            theta *= 1 - Rate * decay;
            m = Beta1 * m + (1 - Beta1) * g;
            v = Beta2 * v + (1 - Beta2) * g * g;
            largest = Math.Max(largest, v);
            var second = (amsgrad ? largest : v) / (1 - Math.Pow(Beta2, t));
            theta -= Rate * (m / (1 - Math.Pow(Beta1, t))) / (Math.Sqrt(second) + Epsilon);
            Value(parameter).ShouldBe(theta, 1e-13);
        }
    }

    // The first step moves by lr against the gradient's sign, whatever its size; decay is decoupled: 2 (1 - 0.1 · 0.5) - 0.1.
    [Fact]
    public void Step_First_MovesByTheLearningRate()
    {
        using var parameter = nn.Parameter(tensor(new[] { 2.0 }));
        using var optimizer = optim.AdamW([parameter], lr: 0.1, weight_decay: 0.5);
        SetGradient(parameter, 1234);

        optimizer.step();

        Value(parameter).ShouldBe(1.8, 1e-9);
    }

    [Fact]
    public void ParamGroups_OwnOptions_KeepThemAndTheirLearningRatesCanBeSet()
    {
        using var a = nn.Parameter(tensor(new[] { 1.0 }));
        using var b = nn.Parameter(tensor(new[] { 1.0 }));
        AdamW.ParamGroup[] groups =
        [
            new([a], new AdamW.Options { weight_decay = 0.5 }),
            new([b], lr: 0.3),
        ];
        using var optimizer = optim.AdamW(groups, lr: 0.1, weight_decay: 0.9);

        optimizer.ParamGroups.Select(group => group.LearningRate).ShouldBe([0.1, 0.3]);
        groups[0].Options!.weight_decay.ShouldBe(0.5);
        groups[1].Options!.weight_decay.ShouldBe(0);
        optimizer.parameters().Count().ShouldBe(2);

        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = 0.2;
        }

        optimizer.ParamGroups.Select(group => group.InitialLearningRate).ShouldBe([0.1, 0.3]);
        SetGradient(a, 1);
        SetGradient(b, 1);
        optimizer.step();
        Value(a).ShouldBe(1 - 0.2 * 0.5 - 0.2, 1e-6);
        Value(b).ShouldBe(0.8, 1e-6);
    }

    [Fact]
    public void ZeroGrad_Optimizer_WritesZerosAndStepWithoutGradientDoesNothing()
    {
        using var scope = NewDisposeScope();
        var used = nn.Parameter(tensor(new[] { 1.0 }));
        var unused = nn.Parameter(tensor(new[] { 1.0 }));
        using var optimizer = optim.AdamW([used, unused], weight_decay: 0.1);
        SetGradient(used, 3);

        optimizer.zero_grad();
        optimizer.step();

        used.grad!.ToDouble().ShouldBe(0);
        unused.grad.ShouldBeNull();
        Value(unused).ShouldBe(1);
    }

    [Fact]
    public void Step_Closure_ReturnsTheLoss()
    {
        using var scope = NewDisposeScope();
        var parameter = nn.Parameter(tensor(new[] { 3.0 }));
        using var optimizer = optim.AdamW([parameter], lr: 0.1);

        var loss = optimizer.step(() =>
        {
            var value = parameter.square().sum();
            value.backward();
            return value;
        });

        loss!.ToDouble().ShouldBe(9);
        Value(parameter).ShouldBe(2.9, 1e-6);
    }

    [Fact]
    public void Constructor_BadArguments_Throws()
    {
        using var parameter = nn.Parameter(zeros(1));

        Should.Throw<ArgumentException>(() => optim.AdamW([parameter], lr: -1)).Message.ShouldContain("lr");
        Should.Throw<ArgumentException>(() => optim.AdamW([parameter], beta2: 1)).Message.ShouldContain("beta2");
        Should.Throw<ArgumentException>(() => optim.AdamW([parameter, parameter]));
    }

    [Fact]
    public void Step_TwoHundredTimes_LeavesNoTensors()
    {
        using var model = nn.Linear(8, 8);
        using var optimizer = optim.AdamW(model.parameters(), amsgrad: true, maximize: true);
        Train(model, optimizer, 2);
        GC.Collect();
        GC.WaitForPendingFinalizers(); // of the tests before
        var before = Tensor.TotalCount;

        Train(model, optimizer, 200);

        Tensor.TotalCount.ShouldBe(before);
    }

    private static void Train(Linear model, AdamW optimizer, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            using var scope = NewDisposeScope();
            model.zero_grad();
            model.call(ones(4, 8)).square().mean().backward();
            nn.utils.clip_grad_norm_(model.parameters(), 1);
            optimizer.step();
        }
    }

    private static void SetGradient(Parameter parameter, double value)
    {
        using var gradient = tensor(new[] { value });
        parameter.grad = gradient;
    }

    private static double Value(Parameter parameter)
    {
        using var value = parameter.detach();
        return value.ToDouble();
    }
}
