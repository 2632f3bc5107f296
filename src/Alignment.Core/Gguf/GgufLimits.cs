using Alignment.Core.Models;

namespace Alignment.Core.Gguf;

/// <summary>What a model may do that the file's runtimes cannot be told.</summary>
internal static class GgufLimits
{
    /// <summary>Each as part of a sentence; empty when the model can be written.</summary>
    public static IEnumerable<string> Problems(ModelConfig config, GgufArchitecture architecture)
    {
        if (config.Architecture?.EndsWith("ForSequenceClassification", StringComparison.Ordinal) == true)
        {
            yield return $"it is a {config.Architecture}, not a language model";
        }

        if (config.Activation != architecture.Activation)
        {
            yield return $"its activation is {config.Activation}, the runtimes compute {architecture.Activation}";
        }

        if (architecture.HeadsFillWidth && config.Heads * config.HeadSize != config.Width)
        {
            yield return $"its {config.Heads} heads of {config.HeadSize} are not its width of {config.Width}";
        }

        if (architecture.AlwaysTied && !config.TiedEmbeddings)
        {
            yield return "its output layer is not its embedding";
        }

        var capsBoth = architecture.Name == "gemma2";
        if (config.ScoreSoftCap is null == capsBoth || (capsBoth && config.LogitSoftCap is null))
        {
            yield return $"its attention scores or logits are {(capsBoth ? "not " : "")}capped";
        }

        if (architecture.WindowPeriod is { } period && config.Window is not null
            && !Enumerable.Range(0, config.Layers).All(layer => config.HasWindow(layer) == ((layer + 1) % period != 0)))
        {
            yield return $"its layers with a window are others than all but every {period}th";
        }

        if (config.Positions == PositionKind.Rotary)
        {
            foreach (var problem in RotaryProblems(config, architecture))
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<string> RotaryProblems(ModelConfig config, GgufArchitecture architecture)
    {
        if (architecture.InterleavedRotary && config.RotarySize != config.HeadSize)
        {
            yield return $"it turns {config.RotarySize} of {config.HeadSize} elements of a head by their position";
        }

        if (config.RotaryScaling is not { } scaling)
        {
            yield break;
        }

        if (!architecture.Scalings.Contains(scaling.Kind))
        {
            yield return $"its rotary scaling is {scaling.Kind}; for {architecture.Name} the runtimes know {string.Join(", ", architecture.Scalings)}";
        }

        if (scaling.Kind == RotaryKind.Yarn && (scaling.BetaFast != 32 || scaling.BetaSlow != 1 || !scaling.Truncate))
        {
            yield return "its rotary scaling has betas other than 32 and 1, or does not truncate";
        }
    }
}
