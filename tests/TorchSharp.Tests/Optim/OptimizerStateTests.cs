using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Optim;

public sealed class OptimizerStateTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("adamw")]
    [InlineData("amsgrad")]
    [InlineData("sgd")]
    public void SaveAndLoad_InTheMiddle_ContinuesBitForBit(string kind)
    {
        using var model = NewModel(1);
        using var optimizer = NewOptimizer(kind, model);
        Train(model, optimizer, 0, 5);
        using var copy = NewModel(2);
        copy.load_state_dict(model.state_dict());
        optimizer.save_state_dict(_file);
        Train(model, optimizer, 5, 10);

        using var resumed = NewOptimizer(kind, copy, rate: 7);
        resumed.load_state_dict(_file);
        resumed.ParamGroups.Single().LearningRate.ShouldBe(0.01);
        Train(copy, resumed, 5, 10);

        Bytes(copy).ShouldBe(Bytes(model));
    }

    [Fact]
    public void LoadStateDict_OfAnotherOptimizer_CopiesWithoutSharing()
    {
        using var model = NewModel(1);
        using var optimizer = NewOptimizer("adamw", model);
        Train(model, optimizer, 0, 3);
        using var copy = NewModel(1);
        copy.load_state_dict(model.state_dict());
        using var other = NewOptimizer("adamw", copy);

        other.load_state_dict(optimizer.state_dict());
        Train(model, optimizer, 3, 6);
        Train(copy, other, 3, 6);

        Bytes(copy).ShouldBe(Bytes(model));
        other.state_dict().StateIndexRef.Single().ShouldBe([0, 1]);
    }

    [Fact]
    public void Load_OtherOptimizerOrShapes_SaysWhatDiffers()
    {
        using var model = NewModel(1);
        using var wider = nn.Linear(4, 6);
        using var adam = NewOptimizer("adamw", model);
        using var sgd = NewOptimizer("sgd", model);
        using var adamOfWider = NewOptimizer("adamw", wider);
        using var adamOfOne = optim.AdamW([model.weight]);
        adam.save_state_dict(_file);

        Should.Throw<InvalidDataException>(() => sgd.load_state_dict(_file)).Message.ShouldContain("AdamW");
        Should.Throw<ArgumentException>(() => adamOfWider.load_state_dict(_file)).Message.ShouldContain("[6, 4]");
        Should.Throw<ArgumentException>(() => adamOfOne.load_state_dict(_file)).Message.ShouldContain("2 parameters");
    }

    [Fact]
    public void SaveStateDict_Writer_LeavesTheStreamForWhatFollows()
    {
        using var model = NewModel(1);
        using var optimizer = NewOptimizer("adamw", model);
        Train(model, optimizer, 0, 1);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        optimizer.save_state_dict(writer);
        writer.Write("after");
        writer.Flush();
        stream.Position = 0;

        using var reader = new BinaryReader(stream);
        optimizer.load_state_dict(reader);

        reader.ReadString().ShouldBe("after");
    }

    [Fact]
    public void State_MadeInAScope_OutlivesIt()
    {
        using var model = NewModel(1);
        using var optimizer = optim.SGD(model.parameters(), 0.1, momentum: 0.9);
        Train(model, optimizer, 0, 1);
        Train(model, optimizer, 1, 2);

        optimizer.state_dict().State.Cast<SGD.State>().ShouldAllBe(state => !state.momentum_buffer!.IsInvalid);
    }

    [Fact]
    public void RandomState_Restored_GivesTheSameNumbers()
    {
        using var scope = NewDisposeScope();
        manual_seed(9);
        var state = random.get_rng_state();
        var first = randn(20);

        random.set_rng_state(state);

        randn(20).Equals(first).ShouldBeTrue();
    }

    private static Linear NewModel(long seed)
    {
        manual_seed(seed);
        return nn.Linear(4, 3);
    }

    private static OptimizerHelper NewOptimizer(string kind, Linear model, double rate = 0.01) => kind == "sgd"
        ? optim.SGD(model.parameters(), rate, momentum: 0.9)
        : optim.AdamW(model.parameters(), rate, weight_decay: 0.1, amsgrad: kind == "amsgrad");

    private static void Train(Linear model, OptimizerHelper optimizer, int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)step);
            optimizer.zero_grad();
            model.call(randn([2, 4], generator: generator)).square().sum().backward();
            optimizer.step();
        }
    }

    private static byte[] Bytes(Linear model)
    {
        using var scope = NewDisposeScope();
        return [.. model.parameters().SelectMany(p => p.detach().bytes.ToArray())];
    }
}
