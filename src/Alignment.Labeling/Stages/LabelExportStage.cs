using Alignment.Data.Formats;
using Alignment.Data.Rows;
using Alignment.Data.Templates;
using Alignment.Labeling.Sampling;
using Alignment.Labeling.Store;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;

namespace Alignment.Labeling.Stages;

/// <summary>The stage that makes labelling tasks of models' answers: <c>alignment label export</c> in a pipeline. It leaves a project without votes.</summary>
public static class LabelExportStage
{
    /// <summary>What it does, one line for the help.</summary>
    public const string Description = "samples answers of models and makes labelling tasks of them";

    /// <summary>The result: a labelling project's folder.</summary>
    internal const string Project = "project";

    /// <summary>The stage's program.</summary>
    /// <param name="args">Its command line.</param>
    /// <returns>The exit code.</returns>
    public static int Start(string[] args) => StageProgram.Run<LabelExportOptions>(StageKinds.LabelExport, args, Run, Description);

    private static int Run(StageInvocation<LabelExportOptions> invocation)
    {
        using var session = StageSession.Begin(invocation, otherResults: [Project]);
        if (session.IsDone)
        {
            return ExitCodes.Done;
        }

        // 1. answers
        var options = invocation.Options;
        var prompts = new RowReader(RowTypes.Prompt).Read(DataFiles.Resolve(options.Prompts)).Cast<PromptRow>().ToList();
        var gold = options.Gold.Count > 0 ? new RowReader(RowTypes.Preference).Read(DataFiles.Resolve(options.Gold)).Cast<PreferenceRow>().ToList() : [];
        var run = new ModelRun
        {
            Sampling = options.Sampling.ToSampling(),
            Template = ChatTemplate.Named(options.Template),
            BatchSize = options.BatchSize,
            Device = options.Device,
            Dtype = options.Dtype,
        };
        var pool = new CandidatePool();
        var sampler = new CandidateSampler(run, invocation.Seed);
        foreach (var (name, folder) in options.Models)
        {
            sampler.Sample(name, folder, prompts, options.Samples, pool, invocation.Cancellation);
        }

        foreach (var folder in options.RewardModels)
        {
            PoolScorer.Score(folder, pool, run, invocation.Cancellation, options.RewardAggregation, options.RewardModels.Count);
        }

        // 2. tasks, in a project of their own
        var tasks = TaskSelection.Make(pool, gold, options.ToSelection(invocation.Seed));
        session.Start();
        LabelProjects.Remake(session, Project, new LabelProject
        {
            Name = invocation.Name,
            Seed = invocation.Seed,
            Guidelines = options.Guidelines is { } file ? File.ReadAllText(file) : null,
        }, tasks);
        session.Count("answers", pool.Prompts.Sum(prompt => prompt.Candidates.Count));
        session.Count("tasks", tasks.Count);
        session.Log.Information(
            "{Tasks} tasks of {Answers} answers to {Prompts} prompts; left out: {Blank} blank, {Repeated} repeated",
            tasks.Count, pool.Prompts.Sum(prompt => prompt.Candidates.Count), pool.Prompts.Count, pool.Blank, pool.Repeated);
        session.Finish(Project);
        return ExitCodes.Done;
    }
}
