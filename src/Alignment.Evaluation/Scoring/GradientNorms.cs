using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Evaluation.Scoring;

/// <summary>The size of every parameter's gradient.</summary>
internal static class GradientNorms
{
    private const string AdapterPrefix = "base_model.model.";

    /// <summary>Runs backward from a loss, takes the norms, and leaves no gradient behind.</summary>
    /// <param name="model">Its parameters have Hugging Face's names; tied ones appear once.</param>
    /// <param name="loss">A scalar with gradient.</param>
    /// <param name="adapterKeys">Names in the file of the model's adapter: what it holds goes by these.</param>
    /// <returns>L2 norms in the order of the parameters; 0 for one that the loss does not reach.</returns>
    public static IReadOnlyList<(string Name, double Norm)> Of(nn.Module model, Tensor loss, IReadOnlySet<string> adapterKeys)
    {
        using var scope = NewDisposeScope();
        loss.backward();
        var norms = new List<(string, double)>();
        foreach (var (name, parameter) in model.named_parameters())
        {
            norms.Add((NameOf(name, adapterKeys), parameter.grad?.to(ScalarType.Float64).norm().ToDouble() ?? 0));
            parameter.grad = null;
        }

        return norms;
    }

    /// <summary>The name in the adapter's file, where that has the parameter: its own, or as a part of what has an update.</summary>
    private static string NameOf(string name, IReadOnlySet<string> adapterKeys)
    {
        var dot = name.LastIndexOf('.');
        return adapterKeys.Contains(AdapterPrefix + name) ? AdapterPrefix + name
            : dot > 0 && $"{AdapterPrefix}{name[..dot]}.base_layer{name[dot..]}" is var within && adapterKeys.Contains(within) ? within
            : name;
    }
}
