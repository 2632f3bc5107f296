using System.Globalization;
using System.Text;
using Alignment.Training.Runs;
using Alignment.Training.Statistics;

namespace Alignment.Evaluation;

/// <summary>The same evaluation of several runs, mostly of several seeds, as one Markdown table.</summary>
public static class SeedTable
{
    private const string None = "–";

    /// <summary>Makes the table.</summary>
    /// <param name="folders">Folders of finished <c>evaluate</c> stages; <c>RUN/evaluate</c>.</param>
    /// <returns>Markdown: what ran, then a row for each model with its gold reward in each run, its gain and in how many runs that is sure.</returns>
    /// <exception cref="FileNotFoundException">A folder holds no finished evaluation.</exception>
    /// <exception cref="InvalidDataException">The evaluations have no gold reward, or are not of the same prompts, rewards and sampling.</exception>
    public static string Build(IReadOnlyList<string> folders)
    {
        ArgumentOutOfRangeException.ThrowIfZero(folders.Count);
        var runs = folders.Select(Load).ToList();
        foreach (var run in runs)
        {
            CheckAlike(runs[0], run);
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Commit {string.Join(", ", runs.Select(run => run.Manifest.GitCommit?[..7] ?? "unknown").Distinct())}; seed{(runs.Count == 1 ? "" : "s")} {string.Join(", ", runs.Select(run => run.Manifest.Seed))}. ");
        text.Append("In brackets 95 % bootstrap intervals over prompts; gain, KL, length and seconds are means over the runs. A gain is sure where its interval does not hold 0.\n\n");
        var baseline = runs[0].Manifest.Options["baseline"]!.GetValue<string>();
        Row(text, ["model", .. runs.Select(run => string.Create(CultureInfo.InvariantCulture, $"gold reward, seed {run.Manifest.Seed}")), $"gain over {baseline}", "sure", $"KL to {runs[0].Manifest.Options["reference"]!.GetValue<string>()}", "length", "seconds"]);
        Row(text, ["---", .. Enumerable.Repeat("---:", runs.Count + 5)]);
        foreach (var name in runs.SelectMany(run => run.Results.Models.Keys).Distinct())
        {
            var models = runs.Select(run => run.Results.Models.GetValueOrDefault(name)).ToList();
            var known = models.OfType<ModelResults>().ToList();
            Row(text,
            [
                name,
                .. models.Select(model => model?.GoldReward is { } gold ? Show(gold) : None),
                name == baseline ? None : Gain(known.Average(model => model.GoldRewardVsBaseline!.Value.Mean)),
                name == baseline ? None : Sure(known),
                Number(known.Average(model => model.Kl.Mean)),
                known.Average(model => model.Length).ToString("0.0", CultureInfo.InvariantCulture),
                Seconds(name, runs),
            ]);
        }

        return text.ToString();
    }

    private static Run Load(string folder)
    {
        var manifest = StageManifest.TryLoad(folder);
        if (manifest is not { Status: StageStatus.Done } || !File.Exists(Path.Combine(folder, EvaluationResults.FileName)))
        {
            throw new FileNotFoundException($"{folder}: holds no finished evaluation; name the folder of an evaluate stage that ran through, such as runs/methods/evaluate");
        }

        var results = EvaluationResults.Load(folder);
        return results.Models.Values.All(model => model.GoldReward is not null && model.GoldRewardVsBaseline is not null)
            ? new Run(folder, manifest, results)
            : throw new InvalidDataException($"{folder}: has no gold reward; evaluate with rewards");
    }

    private static void CheckAlike(Run first, Run other)
    {
        foreach (var option in (string[])["baseline", "reference", "rewards", "sampling", "samples", "prompts"])
        {
            if (first.Manifest.Options[option]?.ToJsonString() != other.Manifest.Options[option]?.ToJsonString())
            {
                throw new InvalidDataException($"{other.Folder}: '{option}' is not that of {first.Folder}, so their numbers cannot stand in one table; name runs of one pipeline");
            }
        }
    }

    private static string Sure(List<ModelResults> models)
    {
        var (better, worse) = (models.Count(model => model.GoldRewardVsBaseline!.Value.Low > 0), models.Count(model => model.GoldRewardVsBaseline!.Value.High < 0));
        var text = string.Create(CultureInfo.InvariantCulture, $"better in {better} of {models.Count}");
        return worse == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}, worse in {worse}");
    }

    // Of the stage whose model it is; the other stages that it needed are not counted.
    private static string Seconds(string name, List<Run> runs)
    {
        var seconds = runs.Select(run => run.StageOf(name) is { } stage && run.Results.Seconds.TryGetValue(stage, out var known) ? known : (double?)null).OfType<double>().ToList();
        return seconds.Count == 0 ? None : seconds.Average().ToString("0", CultureInfo.InvariantCulture);
    }

    private static string Show(Interval interval) => $"{Number(interval.Mean)} [{Number(interval.Low)}, {Number(interval.High)}]";

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Gain(double value) => value.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture);

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private sealed record Run(string Folder, StageManifest Manifest, EvaluationResults Results)
    {
        /// <summary>The stage that made a model: the folder above its model folder.</summary>
        public string? StageOf(string model) => Path.GetFileName(Path.GetDirectoryName(Manifest.Options["models"]?[model]?.GetValue<string>()));
    }
}
