using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>
/// The keys of rotary positions: <c>rope_theta</c> and <c>rope_scaling</c>, or the newer <c>rope_parameters</c> that holds both, for all
/// layers or by layer type.
/// </summary>
internal static class RotaryKeys
{
    private const string Scaling = "rope_scaling";
    private const string Parameters = "rope_parameters";

    private static readonly (string Name, RotaryKind Kind)[] Kinds =
    [
        ("linear", RotaryKind.Linear), ("dynamic", RotaryKind.Dynamic), ("yarn", RotaryKind.Yarn), ("longrope", RotaryKind.LongRope), ("su", RotaryKind.LongRope), ("llama3", RotaryKind.Llama3),
    ];

    /// <summary>Fills in base, share and scaling.</summary>
    /// <param name="config">With its sizes.</param>
    /// <param name="json">The file.</param>
    /// <param name="rotaryBase">The family's default.</param>
    /// <param name="share">The family's default; null where it always turns whole heads.</param>
    /// <param name="baseKey">The family's name for the base.</param>
    /// <param name="shareKey">The family's name for the share.</param>
    /// <param name="originalPositions">The family's default for <c>original_max_position_embeddings</c>; null = the model's context.</param>
    public static ModelConfig Read(
        ModelConfig config, ConfigReader json, double rotaryBase, double? share = null, string baseKey = "rope_theta", string shareKey = "partial_rotary_factor",
        int? originalPositions = null)
    {
        var key = json.Has(Scaling) ? Scaling : Parameters;
        var rope = json.Object(key);
        var local = rope?.Object("sliding_attention");
        rope = rope?.Object("full_attention") ?? rope;
        if (Type(local) is not (null or "default"))
        {
            local!.Problem("rope_type", $"is '{Type(local)}'; layers with a window support 'default'");
        }

        return config with
        {
            RotaryBase = rope?.OptionalReal("rope_theta") ?? json.Real(baseKey, rotaryBase),
            RotaryShare = share is { } otherwise ? rope?.OptionalReal("partial_rotary_factor") ?? json.Real(shareKey, otherwise) : 1,
            LocalRotaryBase = local?.OptionalReal("rope_theta"),
            RotaryScaling = rope is null ? null : Read(config, rope, json.OptionalNumber("original_max_position_embeddings") ?? originalPositions),
        };
    }

    /// <summary>Writes base and scaling; the share is the family's to write.</summary>
    public static void Write(ModelConfig config, JsonObject json, string baseKey = "rope_theta")
    {
        json[baseKey] = config.RotaryBase;
        json[Scaling] = config.RotaryScaling is { } scaling ? Written(scaling) : null;
    }

    private static string? Type(ConfigReader? rope) => rope?.Text("rope_type", rope.Text("type", null));

    private static RotaryScaling? Read(ModelConfig config, ConfigReader rope, int? original)
    {
        var type = Type(rope) ?? "default";
        if (type == "default")
        {
            return null;
        }

        var known = Kinds.Where(kind => kind.Name == type).ToList();
        if (known.Count == 0)
        {
            rope.Problem("rope_type", $"is '{type}'; supported are default, {string.Join(", ", Kinds.Select(kind => kind.Name))}");
            return null;
        }

        // Phi-3 called its longrope 'yarn' at first; the lists of divisors tell it apart.
        var kind = known[0].Kind == RotaryKind.Yarn && rope.Has("short_factor") ? RotaryKind.LongRope : known[0].Kind;
        var positions = rope.OptionalNumber("original_max_position_embeddings") ?? original ?? config.MaxPositions;
        var ratio = (double)config.MaxPositions / Math.Max(positions, 1);
        var scaling = new RotaryScaling
        {
            Kind = kind,
            OriginalPositions = positions,
            Factor = kind is RotaryKind.LongRope or RotaryKind.Yarn ? rope.Real("factor", ratio) : rope.Real("factor"),
        };
        return kind switch
        {
            RotaryKind.Yarn => scaling with
            {
                AttentionFactor = rope.OptionalReal("attention_factor"),
                BetaFast = rope.Real("beta_fast", 32),
                BetaSlow = rope.Real("beta_slow", 1),
                Truncate = rope.Flag("truncate", true),
                Mscale = rope.OptionalReal("mscale"),
                MscaleAllDim = rope.OptionalReal("mscale_all_dim"),
            },
            RotaryKind.LongRope => scaling with
            {
                AttentionFactor = rope.OptionalReal("attention_factor"),
                ShortFactors = rope.Reals("short_factor"),
                LongFactors = rope.Reals("long_factor"),
            },
            RotaryKind.Llama3 => scaling with
            {
                LowFrequencyFactor = rope.Real("low_freq_factor"),
                HighFrequencyFactor = rope.Real("high_freq_factor"),
            },
            _ => scaling,
        };
    }

    private static JsonObject Written(RotaryScaling scaling)
    {
        var json = new JsonObject
        {
            ["rope_type"] = Kinds.First(kind => kind.Kind == scaling.Kind).Name,
            ["factor"] = scaling.Factor,
            ["original_max_position_embeddings"] = scaling.OriginalPositions,
        };
        if (scaling.AttentionFactor is { } attention)
        {
            json["attention_factor"] = attention;
        }

        switch (scaling.Kind)
        {
            case RotaryKind.Yarn:
                json["beta_fast"] = scaling.BetaFast;
                json["beta_slow"] = scaling.BetaSlow;
                json["truncate"] = scaling.Truncate;
                if (scaling is { Mscale: { } mscale, MscaleAllDim: { } all })
                {
                    json["mscale"] = mscale;
                    json["mscale_all_dim"] = all;
                }

                break;
            case RotaryKind.LongRope:
                json["short_factor"] = new JsonArray([.. scaling.ShortFactors.Select(factor => (JsonNode)factor)]);
                json["long_factor"] = new JsonArray([.. scaling.LongFactors.Select(factor => (JsonNode)factor)]);
                break;
            case RotaryKind.Llama3:
                json["low_freq_factor"] = scaling.LowFrequencyFactor;
                json["high_freq_factor"] = scaling.HighFrequencyFactor;
                break;
        }

        return json;
    }
}
