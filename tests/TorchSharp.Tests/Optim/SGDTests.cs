using static TorchSharp.torch;

namespace TorchSharp.Tests.Optim;

public sealed class SGDTests
{
    [Theory]
    [InlineData(0.0, 0.0, 0.0, false)]
    [InlineData(0.9, 0.0, 0.1, false)]
    [InlineData(0.9, 0.5, 0.1, false)]
    [InlineData(0.9, 0.0, 0.1, true)]
    public void Step_FourGradients_FollowsTheFormula(double momentum, double dampening, double decay, bool nesterov)
    {
        double[] gradients = [1, -2, 0.5, 3];
        using var parameter = nn.Parameter(tensor(new[] { 1.5 }));
        using var optimizer = optim.SGD([parameter], 0.1, momentum, dampening, decay, nesterov);
        double theta = 1.5, buffer = 0;
        for (var t = 0; t < gradients.Length; t++)
        {
            using var gradient = tensor(new[] { gradients[t] });
            parameter.grad = gradient;
            optimizer.step();

            var g = gradients[t] + decay * theta;
            buffer = t == 0 ? g : momentum * buffer + (1 - dampening) * g;
            theta -= 0.1 * (momentum == 0 ? g : nesterov ? g + momentum * buffer : buffer);
            using var value = parameter.detach();
            value.ToDouble().ShouldBe(theta, 1e-14);
        }
    }

    [Fact]
    public void Constructor_NesterovWithoutMomentum_Throws()
    {
        using var parameter = nn.Parameter(zeros(1));

        Should.Throw<ArgumentException>(() => optim.SGD([parameter], 0.1, nesterov: true));
    }
}
