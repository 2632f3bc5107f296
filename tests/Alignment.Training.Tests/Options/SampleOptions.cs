using System.ComponentModel;
using Alignment.Training.Options;

namespace Alignment.Training.Tests.Options;

public enum SampleSchedule
{
    Linear,
    CosineDecay,
}

public sealed record SampleOptions : IValidatedOptions
{
    [Description("the parent model's folder")]
    [InputPath]
    public required string Model { get; init; }

    [Description("passes over the data")]
    public int Epochs { get; init; } = 1;

    public long Steps { get; init; }

    public double LearningRate { get; init; } = 5e-5;

    public double? MaxGradNorm { get; init; } = 1.0;

    public bool Shuffle { get; init; } = true;

    public SampleSchedule Schedule { get; init; }

    public string? Note { get; init; }

    [Category("input")]
    public IReadOnlyList<string> Files { get; init; } = [];

    public int[] Sizes { get; init; } = [1, 2];

    public IReadOnlyDictionary<string, double> Weights { get; init; } = new Dictionary<string, double>();

    public IReadOnlyDictionary<string, SampleNested> Parts { get; init; } = new Dictionary<string, SampleNested>();

    public SampleNested Nested { get; init; } = new();

    public double Derived => LearningRate * 2;

    public IEnumerable<string> Problems()
    {
        if (LearningRate <= 0)
        {
            yield return $"learning_rate is {LearningRate}; it must be above 0";
        }
    }
}

public sealed record SampleNested : IValidatedOptions
{
    public double Beta { get; init; } = 0.1;

    public IReadOnlyList<SampleLeaf> Leaves { get; init; } = [];

    public IEnumerable<string> Problems()
    {
        if (Beta < 0)
        {
            yield return $"beta is {Beta}; it must not be negative";
        }
    }
}

// Has the method without the interface, as records of lower projects do.
public sealed record SampleLeaf
{
    public required string Name { get; init; }

    public IEnumerable<string> Problems()
    {
        if (Name == "bad")
        {
            yield return "name: is bad; take another";
        }
    }
}
