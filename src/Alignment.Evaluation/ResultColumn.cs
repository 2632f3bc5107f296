using System.Globalization;
using Alignment.Training.Statistics;

namespace Alignment.Evaluation;

/// <summary>One column of the tables: the same for the console, the Markdown report and the page.</summary>
/// <param name="Key">The key in <c>results.json</c>.</param>
/// <param name="Title">The heading.</param>
/// <param name="Meaning">What it says, one sentence; <c>{0}</c> is the baseline, <c>{1}</c> the reference.</param>
/// <param name="Interval">A number with its interval, where the column has one.</param>
/// <param name="Value">A number without interval.</param>
internal sealed record ResultColumn(
    string Key, string Title, string Meaning, Func<ModelResults, Interval?> Interval, Func<ModelResults, double?> Value)
{
    private static readonly ResultColumn[] Known =
    [
        WithInterval("gold_reward", "gold reward", "Mean gold reward: the known rule applied to the response's text.", model => model.GoldReward),
        WithInterval("gold_reward_vs_baseline", "gain", "Gold reward less that of {0} on the same prompt; a model is better than {0} where the interval lies above 0.", model => model.GoldRewardVsBaseline),
        WithInterval("win_rate", "win rate", "Share of prompts on which the gold reward is higher than that of {0}; equal counts one half.", model => model.WinRate) with { IsShare = true },
        WithInterval("reward", "reward model", "Mean normalised reward of the reward model. A rise without a rise of the gold reward means that the reward model is being exploited.", model => model.Reward),
        WithInterval("reward_length_controlled", "length-controlled", "The same without what the length of responses explains.", model => model.RewardLengthControlled),
        WithInterval("held_out_reward", "held-out reward model", "Mean normalised reward of a reward model that nothing was trained against.", model => model.HeldOutReward),
        WithInterval("kl", "KL", "Mean over responses of the log-probability under the model less that under {1}, in nats: how far training went from {1}.", model => model.Kl),
        WithInterval("held_out_accuracy", "held-out accuracy", "Share of held-out choices whose right answer gets the highest log-probability.", model => model.HeldOutAccuracy) with { IsShare = true },
        Plain("eos_rate", "ended", "Share of responses that ended by the stop token.", model => model.EosRate) with { IsShare = true },
        Plain("length", "length", "Mean tokens of a response, the stop token included.", model => model.Length),
    ];

    /// <summary>Whether charts reach to 1 whatever the values: shares, and the terms of the gold reward, which lie between 0 and 1.</summary>
    public bool IsShare { get; init; }

    /// <summary>The columns that some model has, the terms of the gold reward last.</summary>
    /// <param name="results">The results.</param>
    public static IReadOnlyList<ResultColumn> Of(EvaluationResults results)
    {
        var models = results.Models.Values.ToList();
        var terms = models.SelectMany(model => model.Rewards?.Keys ?? []).Distinct()
            .Select(name => Plain($"rewards/{name}", name, $"Mean of the gold reward's term '{name}', unweighted.", model => model.Rewards?.TryGetValue(name, out var mean) == true ? mean : null) with { IsShare = true });
        return [.. Known.Where(column => models.Any(model => column.Interval(model) is not null || column.Value(model) is not null)), .. terms];
    }

    /// <summary>The number of a model.</summary>
    public string Number(ModelResults model) => (Interval(model)?.Mean ?? Value(model)) is { } number ? Show(number) : "";

    /// <summary>The interval of a model, empty where there is none.</summary>
    public string Range(ModelResults model) => Interval(model) is { } interval ? $"[{Show(interval.Low)}, {Show(interval.High)}]" : "";

    /// <summary>A number as the tables show it.</summary>
    public static string Show(double value) => value.ToString(Math.Abs(value) >= 100 ? "0.0" : Math.Abs(value) >= 10 ? "0.00" : "0.000", CultureInfo.InvariantCulture);

    /// <summary>The meaning with the names of baseline and reference.</summary>
    public string MeaningFor(EvaluationOptions options) => string.Format(CultureInfo.InvariantCulture, Meaning, options.Baseline, options.Reference);

    private static ResultColumn WithInterval(string key, string title, string meaning, Func<ModelResults, Interval?> interval) => new(key, title, meaning, interval, _ => null);

    private static ResultColumn Plain(string key, string title, string meaning, Func<ModelResults, double?> value) => new(key, title, meaning, _ => null, value);
}
