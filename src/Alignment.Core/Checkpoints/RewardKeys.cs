using System.Text.Json.Nodes;
using Alignment.Core.Models;

namespace Alignment.Core.Checkpoints;

/// <summary>What a reward model's <c>config.json</c> says beside Hugging Face's keys.</summary>
internal static class RewardKeys
{
    private const string Mean = "reward_mean";
    private const string Std = "reward_std";
    private const string Temperature = "reward_temperature";
    private const string RatingMean = "rating_mean";
    private const string RatingStd = "rating_std";
    private const string Heads = "reward_heads";
    private const string Offsets = "offsets";
    private const string Aggregation = "aggregation";
    private const string Confidence = "confidence";
    private const string Moments = "moments";

    private static readonly (RewardAggregation Value, string Name)[] Names =
        [(RewardAggregation.Mean, "mean"), (RewardAggregation.Min, "min"), (RewardAggregation.LowerConfidence, "lower_confidence")];

    /// <summary>Whether the labels of a classifier are the heads of an ensemble.</summary>
    public static bool HasHeads(ModelConfig config) => config.Document?[Heads] is not null;

    /// <summary>Adds the keys; one that says nothing any more becomes null.</summary>
    public static void Write(ScalarHeadModel model, JsonObject more)
    {
        more[Mean] = model.RewardMean;
        more[Std] = model.RewardStd;
        more[Temperature] = model.Temperature;
        more[RatingMean] = model.RatingScale?.Mean;
        more[RatingStd] = model.RatingScale?.Std;
        foreach (var key in (string[])[Temperature, RatingMean, RatingStd])
        {
            if (more[key] is null && model.Config.Document?.ContainsKey(key) != true)
            {
                more.Remove(key);
            }
        }

        if (model.Ensemble is { } ensemble)
        {
            more[Heads] = new JsonObject
            {
                [Offsets] = new JsonArray([.. ensemble.Offsets.Select(offset => (JsonNode)offset)]),
                [Aggregation] = Names.First(name => name.Value == ensemble.Aggregation).Name,
                [Confidence] = ensemble.Confidence,
                [Moments] = new JsonObject(Names.Where(name => ensemble.Moments.ContainsKey(name.Value)).Select(name =>
                    KeyValuePair.Create(name.Name, (JsonNode?)new JsonArray(ensemble.Moments[name.Value].Mean, ensemble.Moments[name.Value].Std)))),
            };
        }
    }

    /// <summary>Gives a model what its folder says.</summary>
    /// <exception cref="InvalidDataException">Numbers that mean nothing; every one is listed.</exception>
    public static void Read(ScalarHeadModel model, ModelConfig config, string folder)
    {
        var reader = new ConfigReader(config.Document!, Path.Combine(folder, ModelConfig.FileName));
        var problems = new List<string>();
        (model.RewardMean, model.RewardStd) = (reader.Real(Mean, 0), reader.Real(Std, 1));
        Check(Mean, Std, (model.RewardMean, model.RewardStd));
        model.Temperature = reader.OptionalReal(Temperature);
        if (model.Temperature is { } temperature && !(temperature > 0 && double.IsFinite(temperature)))
        {
            problems.Add($"'{Temperature}' must be above 0, got {temperature}");
        }

        if (reader.OptionalReal(RatingMean) is { } mean)
        {
            model.RatingScale = new RatingScale(mean, reader.Real(RatingStd, 1));
            Check(RatingMean, RatingStd, (mean, model.RatingScale.Value.Std));
        }

        if (reader.Object(Heads) is { } heads)
        {
            model.Ensemble = Ensemble(heads);
        }

        reader.Report(problems);

        void Check(string meanKey, string stdKey, (double Mean, double Std) found)
        {
            if (!(double.IsFinite(found.Mean) && found.Std > 0 && double.IsFinite(found.Std)))
            {
                problems.Add($"'{meanKey}' must be finite and '{stdKey}' above 0, got {found.Mean} and {found.Std}");
            }
        }

        RewardEnsemble Ensemble(ConfigReader heads)
        {
            var offsets = heads.Reals(Offsets).ToArray();
            if (offsets.Length != model.HeadCount || !offsets.All(double.IsFinite))
            {
                problems.Add($"'{Heads}.{Offsets}' must be {model.HeadCount} finite numbers, one for each head");
            }

            var name = heads.Text(Aggregation, Names[0].Name);
            if (Names.All(known => known.Name != name))
            {
                problems.Add($"'{Heads}.{Aggregation}' is '{name}'; supported are {string.Join(", ", Names.Select(known => known.Name))}");
            }

            var confidence = heads.Real(Confidence, 1);
            if (!(confidence >= 0 && double.IsFinite(confidence)))
            {
                problems.Add($"'{Heads}.{Confidence}' must be at least 0, got {confidence}");
            }

            var moments = new Dictionary<RewardAggregation, (double Mean, double Std)>();
            if (heads.Object(Moments) is { } known)
            {
                foreach (var (aggregation, key) in Names.Where(item => known.Has(item.Name)))
                {
                    if (known.Reals(key).ToArray() is [var center, var std])
                    {
                        moments[aggregation] = (center, std);
                        Check($"{Heads}.{Moments}.{key}[0]", $"{Heads}.{Moments}.{key}[1]", (center, std));
                    }
                    else
                    {
                        problems.Add($"'{Heads}.{Moments}.{key}' must be a mean and a standard deviation");
                    }
                }
            }

            return new RewardEnsemble(offsets) { Aggregation = Names.FirstOrDefault(item => item.Name == name).Value, Confidence = confidence, Moments = moments };
        }
    }
}
