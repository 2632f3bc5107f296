using static TorchSharp.torch;

namespace Alignment.Objectives.Catalogue;

/// <summary>Every public objective.</summary>
public static class ObjectiveCatalogue
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Objective> All { get; } =
    [
        .. PairObjectives.All, .. ReferenceFreeObjectives.All, .. UnpairedObjectives.All, .. OnlineObjectives.All, .. GroupObjectives.All,
        .. PpoObjectives.All, .. RewardObjectives.All, .. StatisticsObjectives.All, .. DistillationObjectives.All,
    ];

    /// <summary>The objective of a name.</summary>
    /// <param name="name">Its name or another of its names.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Objective Of(string name) => Find(name)
        ?? throw new ArgumentException($"there is no objective '{name}'; there are {string.Join(", ", All.Select(objective => objective.Name))}");

    /// <summary>The objective of a name, or null.</summary>
    /// <param name="name">Its name or another of its names.</param>
    public static Objective? Find(string name) => All.FirstOrDefault(objective => objective.Is(name));

    /// <summary>Evaluates and differentiates.</summary>
    /// <param name="objective">What to evaluate.</param>
    /// <param name="inputs">Arrays by name.</param>
    /// <param name="options">Options by name.</param>
    /// <returns>Values, and the gradients of the loss by the given names of the arrays that it depends on; all belong to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Names, shapes or options that do not fit.</exception>
    public static (ObjectiveCase Case, ObjectiveValues Values, IReadOnlyDictionary<string, Tensor> Gradients) Evaluate(
        Objective objective, IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyDictionary<string, object?> options)
    {
        var leaves = inputs.ToDictionary(input => input.Key, input => objective.Inputs.FirstOrDefault(known => known.Is(input.Key)) is { HasGradient: true }
            ? input.Value.detach().to_type(ScalarType.Float64).clone().requires_grad_()
            : input.Value);
        var values = new ObjectiveCase(objective, leaves, options);
        var result = objective.Evaluate(values);
        var gradients = new Dictionary<string, Tensor>();
        if (result.Loss is { requires_grad: true } loss)
        {
            var differentiable = leaves.Where(input => input.Value.requires_grad).ToArray();
            var found = autograd.grad([loss], [.. differentiable.Select(input => input.Value)], allow_unused: true);
            for (var k = 0; k < differentiable.Length; k++)
            {
                if (found[k] is { } gradient)
                {
                    gradients[differentiable[k].Key] = gradient;
                }
            }
        }

        return (values, result, gradients);
    }
}
