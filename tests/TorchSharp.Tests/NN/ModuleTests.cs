using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Tests.NN;

public sealed class ModuleTests
{
    [Fact]
    public void RegisterComponents_Fields_AreNamedByFieldAttributeAndIndex()
    {
        using var model = new Model();

        model.named_parameters().Select(p => p.name).ShouldBe(
            ["_scale", "_first.weight", "_first.bias", "_layers.0.weight", "_layers.1.weight", "out.weight", "_inner.weight"]);
        model.named_children().Select(c => c.name).ShouldBe(["_first", "_layers", "out", "_inner"]);
        model.named_modules().Select(m => m.name).ShouldBe(["_first", "_layers", "out", "_inner", "_layers.0", "_layers.1"]);
        model.GetName().ShouldBe("Model");
    }

    [Fact]
    public void StateDict_Order_IsParametersThenPersistentBuffers()
    {
        using var model = new Model();

        var state = model.state_dict();

        state.Keys.ShouldBe(
            ["_scale", "_first.weight", "_first.bias", "_layers.0.weight", "_layers.1.weight", "out.weight", "_inner.weight", "_mean"]);
        model.named_buffers().Select(b => b.name).ShouldBe(["_mean"]);
        ReferenceEquals(state["out.weight"], model.get_parameter("out.weight")).ShouldBeTrue();
        model.get_parameter("out.nothing").ShouldBeNull();
    }

    [Fact]
    public void LoadStateDict_OtherKeys_StrictNamesThemAndLooseReturnsThem()
    {
        using var model = new Model();
        using var other = new Model();
        using var extra = zeros(1);
        var source = other.state_dict();
        source.Remove("_scale");
        source["surplus"] = extra;

        var message = Should.Throw<InvalidOperationException>(() => model.load_state_dict(source)).Message;
        message.ShouldContain("missing [_scale]");
        message.ShouldContain("unexpected [surplus]");

        var (missing, unexpected) = model.load_state_dict(source, strict: false);
        missing.ShouldBe(["_scale"]);
        unexpected.ShouldBe(["surplus"]);
        model.state_dict()["_first.weight"].Equals(source["_first.weight"]).ShouldBeTrue();
        model.load_state_dict(source, strict: true, skip: ["_scale", "surplus"]).missing_keys.ShouldBeEmpty();
    }

    [Fact]
    public void LoadStateDict_OtherShape_Throws()
    {
        using var model = new Model();
        using var wrong = zeros(7);
        var source = model.state_dict();
        source["_first.bias"] = wrong;

        Should.Throw<System.Runtime.InteropServices.ExternalException>(() => model.load_state_dict(source));
    }

    [Fact]
    public void Train_Eval_ReachEveryModule()
    {
        using var model = new Model();

        model.eval();
        model.modules().ShouldAllBe(m => !m.training);
        model.training.ShouldBeFalse();

        model.train();
        model.modules().ShouldAllBe(m => m.training);
    }

    [Fact]
    public void ZeroGrad_Default_RemovesAndElseFills()
    {
        using var scope = NewDisposeScope();
        using var model = new Model();

        model.call(ones(2, 3)).sum().backward();
        model.zero_grad(set_to_none: false);
        model.get_parameter("_scale")!.grad!.abs().sum().ToDouble().ShouldBe(0);

        model.zero_grad();
        model.get_parameter("_scale")!.grad.ShouldBeNull();
    }

    [Fact]
    public void To_OtherType_ConvertsFieldsParametersAndFloatingBuffersOnly()
    {
        using var scope = NewDisposeScope();
        using var model = new Model();
        model.register_buffer("counts", zeros(2, dtype: int64));

        model.to(ScalarType.Float64).ShouldBeSameAs(model);

        model.parameters().ShouldAllBe(p => p.dtype == ScalarType.Float64 && p.requires_grad && p.is_leaf);
        model.state_dict()["_mean"].dtype.ShouldBe(ScalarType.Float64);
        model.state_dict()["counts"].dtype.ShouldBe(ScalarType.Int64);
        model.call(ones(2, 3, dtype: float64)).dtype.ShouldBe(ScalarType.Float64);
    }

    [Fact]
    public void Dispose_Module_DisposesEveryParameterAndBuffer()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers(); // of the tests before
        var before = Tensor.TotalCount;
        var model = new Model();
        var tensors = model.state_dict().Values.ToArray();

        model.Dispose();

        tensors.ShouldAllBe(t => t.IsInvalid);
        Tensor.TotalCount.ShouldBe(before);
    }

    [Fact]
    public void Layers_InAScope_OutliveIt()
    {
        nn.Module<Tensor, Tensor> layer;
        using (NewDisposeScope())
        {
            layer = nn.Linear(2, 3);
        }

        layer.parameters().ShouldAllBe(p => !p.IsInvalid);
        layer.Dispose();
    }

    [Fact]
    public void Parameter_InAScope_TakesTheDatasPlace()
    {
        var data = zeros(2);
        Parameter parameter;
        using (NewDisposeScope())
        {
            var inner = ones(2);
            parameter = nn.Parameter(inner);
            inner.IsInvalid.ShouldBeTrue();
            parameter.requires_grad.ShouldBeTrue();
        }

        parameter.IsInvalid.ShouldBeTrue();
        data.IsInvalid.ShouldBeFalse();
        data.Dispose();
    }

    [Fact]
    public void RegisterModule_BadName_Throws()
    {
        using var model = new Model();
        using var layer = nn.Dropout();

        Should.Throw<ArgumentException>(() => model.register_module("a.b", layer));
        Should.Throw<InvalidOperationException>(() => model.register_module("out", layer));
    }

    private abstract class Base : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _inner = nn.Linear(3, 3, hasBias: false);

        protected Base(string name) : base(name)
        {
        }

        protected Tensor Inner(Tensor x) => _inner.call(x);
    }

    private sealed class Model : Base
    {
        private readonly Linear _first = nn.Linear(3, 3);
        private readonly ModuleList<Linear> _layers = nn.ModuleList(nn.Linear(3, 3, hasBias: false), nn.Linear(3, 3, hasBias: false));
        private readonly Parameter _scale = nn.Parameter(ones(3));
        private readonly Tensor _mean = zeros(3);

        [ComponentName(Name = "out")]
        private readonly Linear _last = nn.Linear(3, 1, hasBias: false);

        public Model() : base("Model")
        {
            register_buffer("mask", ones(3), persistent: false);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var x = _first.call(input) * _scale + _mean;
            foreach (var layer in _layers)
            {
                x = layer.call(x);
            }

            return _last.call(Inner(x));
        }
    }
}
