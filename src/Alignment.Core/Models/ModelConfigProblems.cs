using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>What keeps a config from being a model, or a model of its family.</summary>
internal static class ModelConfigProblems
{
    /// <summary>More than any model has; a file that asks for more is refused before anything is counted out.</summary>
    public const int MostLayers = 10_000;

    /// <summary>One sentence for each problem; empty when a model can be built.</summary>
    public static IReadOnlyList<string> Of(ModelConfig config)
    {
        List<string> problems = [.. Sizes(config), .. Values(config), .. config.Positions == PositionKind.Rotary ? Rotary(config) : []];
        return problems.Count > 0 ? problems : [.. Lost(config)];
    }

    private static IEnumerable<string> Sizes(ModelConfig config)
    {
        foreach (var (name, value) in new[]
        {
            ("vocabulary size", config.VocabularySize), ("width", config.Width), ("layers", config.Layers), ("heads", config.Heads),
            ("key-value heads", config.KeyValueHeads), ("head size", config.HeadSize), ("inner width", config.InnerWidth),
            ("max positions", config.MaxPositions), ("embedding width", config.TokenWidth), ("window", config.Window ?? 1),
        })
        {
            if (value <= 0)
            {
                yield return $"the {name} must be at least 1, got {value}";
            }
        }

        if (config.Layers > MostLayers)
        {
            yield return $"{config.Layers} layers are more than any model has; the limit is {MostLayers}";
        }

        if (config.KeyValueHeads > 0 && config.Heads % config.KeyValueHeads != 0)
        {
            yield return $"{config.Heads} heads cannot share {config.KeyValueHeads} key-value heads evenly";
        }

        if (config.WindowLayers.Count != (config.Window is null ? 0 : config.Layers))
        {
            yield return $"a window needs one mark for each of the {config.Layers} layers and no mark is left without one, got {config.WindowLayers.Count} marks";
        }
    }

    private static IEnumerable<string> Values(ModelConfig config)
    {
        if (!(config.NormEpsilon > 0) || !(config.InitializerRange >= 0))
        {
            yield return $"the norm's epsilon ({config.NormEpsilon}) must be above 0, the initializer range ({config.InitializerRange}) at least 0";
        }

        foreach (var (name, value) in new[] { ("score scalar", config.ScoreScalar), ("cap of the scores", config.ScoreSoftCap), ("cap of the logits", config.LogitSoftCap) })
        {
            if (value is not (null or > 0))
            {
                yield return $"the {name} must be above 0, got {value}";
            }
        }

        foreach (var rate in new[] { config.EmbeddingDropout, config.AttentionDropout, config.ResidualDropout, config.HeadDropout }.Where(rate => rate is not (>= 0 and < 1)))
        {
            yield return $"a dropout must be in [0, 1), got {rate}";
        }

        if (config is { HeadBias: true, TiedEmbeddings: true })
        {
            yield return "an output layer that is the token embedding cannot have a bias";
        }
    }

    private static IEnumerable<string> Rotary(ModelConfig config)
    {
        var size = config.RotarySize;
        if (size <= 0 || size % 2 != 0 || !(config.RotaryShare <= 1))
        {
            yield return $"rotary positions turn an even number of elements, got {size} of a head size of {config.HeadSize}";
        }

        if (!(config.RotaryBase > 0) || config.LocalRotaryBase <= 0)
        {
            yield return $"a rotary base must be above 0, got {config.RotaryBase}{(config.LocalRotaryBase is { } local ? $" and {local}" : "")}";
        }

        if (config.RotaryScaling is not { } scaling)
        {
            yield break;
        }

        if (!(scaling.Factor > 0) || scaling.OriginalPositions <= 0 || scaling.AttentionFactor <= 0 || !(scaling.BetaFast > 0) || !(scaling.BetaSlow > 0))
        {
            yield return $"factors and lengths of rotary scaling must be above 0, got {scaling}";
        }

        if (scaling.Kind == RotaryKind.Dynamic && size == 2)
        {
            yield return "dynamic rotary scaling needs more than 2 elements of a head to turn";
        }

        if (scaling.Kind == RotaryKind.LongRope && (scaling.ShortFactors.Count != size / 2 || scaling.LongFactors.Count != size / 2))
        {
            yield return $"longrope needs {size / 2} short and long factors, got {scaling.ShortFactors.Count} and {scaling.LongFactors.Count}";
        }
    }

    /// <summary>Values that the family's <c>config.json</c> has no words for: they would be lost when the model is saved.</summary>
    private static IEnumerable<string> Lost(ModelConfig config)
    {
        var json = new JsonObject();
        config.Family.Write(config, json);
        var read = config.Family.Read(new ConfigReader(json, ModelConfig.FileName)) with
        {
            BosId = config.BosId,
            EosIds = config.EosIds,
            PadId = config.PadId,
            Architecture = config.Architecture,
            Document = config.Document,
        };
        foreach (var property in typeof(ModelConfig).GetProperties())
        {
            var value = property.GetValue(config);
            if (!Equals(value, property.GetValue(read)))
            {
                yield return $"a {config.ModelType} cannot have {property.Name} = {value ?? "null"}";
            }
        }
    }
}
