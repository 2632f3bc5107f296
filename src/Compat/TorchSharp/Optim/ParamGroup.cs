using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

public class ParamGroup : ILearningRateController
{
    public IEnumerable<Parameter> Parameters { get; set; } = [];

    public OptimizerOptions? Options { get; set; }

    public double LearningRate
    {
        get => Assigned.LearningRate ?? throw new InvalidOperationException("The group has no learning rate before an optimizer takes it.");
        set => Assigned.LearningRate = value;
    }

    public double InitialLearningRate
    {
        get => Assigned.InitialLearningRate;
        set => Assigned.InitialLearningRate = value;
    }

    private OptimizerOptions Assigned =>
        Options ?? throw new InvalidOperationException("The group has no options before an optimizer takes it.");
}

public class ParamGroup<TOptions> : ParamGroup where TOptions : OptimizerOptions
{
    public ParamGroup()
    {
    }

    public ParamGroup(IEnumerable<Parameter> parameters, TOptions? options = null)
    {
        Parameters = parameters;
        Options = options;
    }

    public new TOptions? Options
    {
        get => (TOptions?)base.Options;
        set => base.Options = value;
    }
}
