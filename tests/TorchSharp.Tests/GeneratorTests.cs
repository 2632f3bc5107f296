using static TorchSharp.torch;

namespace TorchSharp.Tests;

public class GeneratorTests
{
    [Fact]
    public void Rand_SameSeed_SameNumbers()
    {
        using var first = new Generator(7);
        using var second = new Generator(7);

        rand(5, generator: first).Equals(rand(5, generator: second)).ShouldBeTrue();
        randn(5, generator: first).Equals(randn(5, generator: second)).ShouldBeTrue();
        randperm(9, generator: first).Equals(randperm(9, generator: second)).ShouldBeTrue();
        first.initial_seed().ShouldBe(7);
    }

    [Fact]
    public void SetState_Saved_ContinuesFromThere()
    {
        using var generator = new Generator(3);
        randn(100, generator: generator);
        var state = generator.get_state();
        var expected = randn(33, generator: generator);
        var bytes = state.bytes.ToArray();
        using var restored = new Generator(99);
        restored.set_state(tensor(bytes));

        randn(33, generator: restored).Equals(expected).ShouldBeTrue();
    }

    [Fact]
    public void Sampling_WithGenerator_Repeats()
    {
        using var weights = tensor(new[] { 1f, 2f, 3f, 4f });
        long[] Draw(long seed)
        {
            using var generator = new Generator((ulong)seed);
            return weights.multinomial(20, replacement: true, generator: generator).data<long>().ToArray();
        }

        Draw(1).ShouldBe(Draw(1));
        Draw(1).ShouldNotBe(Draw(2));
        using var filler = new Generator(4);
        var first = zeros(10).uniform_(0, 1, filler);
        first.Equals(zeros(10).uniform_(0, 1, filler.manual_seed(4))).ShouldBeTrue();
        first.Equals(zeros(10).normal_(0, 1, filler.manual_seed(4))).ShouldBeFalse();
    }

    [Fact]
    public void GetState_AfterDispose_Throws()
    {
        var generator = new Generator(1);
        generator.Dispose();

        Should.Throw<InvalidOperationException>(() => generator.get_state());
    }
}
