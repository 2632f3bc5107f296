using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Formats;
using Alignment.Data.Loading;
using Alignment.Data.Tokenization;
using Alignment.Rollouts;
using Alignment.Rollouts.Rewards;
using Alignment.Training.Loops;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;

namespace Alignment.Sampling;

/// <summary>Samples responses and chooses among them. The numbers are those of docs/algorithms/sampling.md.</summary>
internal static class SampleStage
{
    private const string PartsFolder = "parts";

    public static int Run(StageInvocation<SampleOptions> invocation)
    {
        var options = invocation.Options;
        string[] files = [.. Enum.GetValues<SampleFile>().Select(SampleFiles.NameOf), SampleResults.FileName];
        using var session = StageSession.Begin(invocation, otherResults: files);
        if (session.IsDone)
        {
            return 0;
        }

        // 1. the model, the reward, the prompts: they must belong together
        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain(options.Model));
        var stopIds = ModelFolder.StopIds(options.Model);
        FolderContract.CheckTemplate(options.Data.Template, new DataSets(tokenizer, options.Data).Template, tokenizer, options.Model, stopIds);
        using var model = ModelFolder.LoadCausalLm(options.Model, Devices.Parse(options.Device), options.Dtype.ToScalarType());
        VocabularyContract.Check(model.Config, tokenizer.VocabularySize, options.Model);
        model.eval();
        using var reward = options.RewardsGiven().Count == 0
            ? null
            : RewardSources.Create(options, new TrainingOptions { Device = options.Device, Dtype = options.Dtype }, tokenizer, options.Data);
        var prompts = SourcePrompts.Load(options, tokenizer, Math.Min(model.Config.ContextLength, reward?.ContextLength ?? int.MaxValue), session);

        // 2-3. responses and their scores, part by part
        session.Start();
        var parts = new PartStore(Path.Combine(session.Folder.Root, PartsFolder), session.Log);
        if (invocation.Afresh)
        {
            parts.RemoveUnused(); // none is asked for yet
        }

        session.Log.Information("{Responses} responses to {Prompts} prompts", prompts.Count * options.Samples, prompts.Count);
        var groups = new SampleRun(options, session, tokenizer, model, stopIds, reward, parts).Run(prompts);

        // 4. the files
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in options.Write)
        {
            var (name, rows) = (SampleFiles.NameOf(file), SampleFiles.Rows(file, groups, options).ToList());
            AtomicFile.WriteText(Path.Combine(session.Folder.Root, name), RowJson.Lines(rows));
            session.Count(name, rows.Count);
            session.Log.Information("{File}: {Rows} rows", name, rows.Count);
            if (rows.Count == 0)
            {
                session.Log.Warning("{File} is empty: {Reason}", name, Reason(file));
            }

            counts[name] = rows.Count;
        }

        // 5. the numbers
        var results = SampleResults.Of(groups, counts, session.Manifest.Seed);
        AtomicFile.WriteText(Path.Combine(session.Folder.Root, SampleResults.FileName), results.ToJson());
        Note(session, results);
        session.Finish([.. options.Write.Select(SampleFiles.NameOf), SampleResults.FileName]);
        parts.RemoveUnused();
        return 0;
    }

    private static void Note(StageSession session, SampleResults results)
    {
        session.Measure("eos_rate", results.EosRate);
        session.Measure("length", results.Length);
        session.Measure("distinct", results.Distinct);
        foreach (var best in results.BestOfN ?? [])
        {
            session.Measure($"best_of_{best.N}", best.Reward.Mean);
            session.Log.Information("best of {N}: reward {Reward:0.000} [{Low:0.000}, {High:0.000}], KL at most {Kl:0.00}", best.N, best.Reward.Mean, best.Reward.Low, best.Reward.High, best.KlBound);
        }
    }

    private static string Reason(SampleFile file) => file switch
    {
        SampleFile.Pairs => "no prompt has two different responses that ended and whose scores differ by more than pairs.min_margin",
        SampleFile.Rejection => "no response that ended has a score above the threshold; lower rejection.min_reward",
        SampleFile.Spin => "no response that ended differs from the data's own",
        _ => "no response ended; raise sampling.max_new_tokens, or set keep_cut",
    };
}
