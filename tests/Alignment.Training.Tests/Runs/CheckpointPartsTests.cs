using Alignment.Training.Optimization;
using Alignment.Training.Runs;
using Alignment.Training.Tests.Loops;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Training.Tests.Runs;

public class CheckpointPartsTests
{
    [Fact]
    public void ModuleAndOptimizer_SavedAndLoaded_GoOnBitForBit()
    {
        using var folder = new TemporaryFolder();
        using var model = new ToyModel(seed: 1, dropout: 0);
        using var optimizer = Optimizer(model);
        Train(model, optimizer, steps: 3);
        CheckpointParts.Module("m", model).Save(folder["m"]);
        CheckpointParts.Optimizer("o", optimizer).Save(folder["o"]);
        Train(model, optimizer, steps: 3);

        using var other = new ToyModel(seed: 2, dropout: 0);
        using var resumed = Optimizer(other);
        CheckpointParts.Module("m", other).Load(folder["m"]);
        CheckpointParts.Optimizer("o", resumed).Load(folder["o"]);
        Train(other, resumed, steps: 3);

        other.Bytes().ShouldBe(model.Bytes());
    }

    [Fact]
    public void Generator_SavedAndLoaded_GivesTheSameNumbers()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        rand([7], generator: generator);
        var part = CheckpointParts.Generator("g", generator);
        part.Save(folder["g"]);
        var first = rand([5], generator: generator).data<float>().ToArray();

        part.Load(folder["g"]);

        rand([5], generator: generator).data<float>().ToArray().ShouldBe(first);
    }

    [Fact]
    public void Text_SavedAndLoaded_IsTheSame()
    {
        using var folder = new TemporaryFolder();
        var value = "{\"coefficient\":0.05}";
        var part = CheckpointParts.Text("t", () => value, text => value = text);
        part.Save(folder["t"]);
        value = "";

        part.Load(folder["t"]);

        value.ShouldBe("{\"coefficient\":0.05}");
    }

    private static AdamW Optimizer(ToyModel model) => OptimizerFactory.AdamW(model.parameters(), 0.1, 0.9, 0.999, 1e-8);

    private static void Train(ToyModel model, AdamW optimizer, int steps)
    {
        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = 0.01;
        }

        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            (model.forward(ones(2, ToyModel.Features)) - 1).pow(2).sum().backward();
            optimizer.step();
        }
    }
}
