using Alignment.Evaluation.Ablation;
using Alignment.Labeling.Stages;
using Alignment.Training.Pipelines;

namespace Alignment.Cli;

/// <summary>One kind of stage.</summary>
/// <param name="Description">What it does, one line for the help.</param>
/// <param name="Main">Its program.</param>
internal sealed record StageEntry(string Description, Func<string[], int> Main);

/// <summary>The stages that this program has.</summary>
internal static class StageCatalogue
{
    /// <summary>Every kind with its program. A stage's assembly is loaded when it is called, not before.</summary>
    public static IReadOnlyDictionary<string, StageEntry> All { get; } = new Dictionary<string, StageEntry>
    {
        [StageKinds.Tokenizer] = new(TokenizerStage.Description, args => TokenizerStage.Start(args)),
        [StageKinds.Sft] = new("trains a model on text, on prompts with completions, or on conversations", args => Sft.Program.Main(args)),
        [StageKinds.Reward] = new("trains a reward model on preference pairs", args => RewardModel.Program.Main(args)),
        [StageKinds.Dpo] = new("trains a policy on preference pairs directly", args => Dpo.Program.Main(args)),
        [StageKinds.Ppo] = new("trains a policy against a reward by sampling", args => Ppo.Program.Main(args)),
        [StageKinds.OnlineDpo] = new("trains a policy on pairs of its own responses that a reward ranks", args => OnlineDpo.Program.Main(args)),
        [StageKinds.Sample] = new("samples responses, scores them and writes data files of them", args => Sampling.Program.Main(args)),
        [StageKinds.Grpo] = new("trains a policy on groups of its own responses: GRPO, RLOO, REINFORCE", args => Grpo.Program.Main(args)),
        [StageKinds.Merge] = new(MergeStage.Description, args => MergeStage.Start(args)),
        [StageKinds.Evaluate] = new("scores and compares models on held-out prompts", args => Evaluation.Program.Main(args)),
        [StageKinds.LabelExport] = new(LabelExportStage.Description, args => LabelExportStage.Start(args)),
        [StageKinds.LabelAnnotate] = new(LabelAnnotateStage.Description, args => LabelAnnotateStage.Start(args)),
        [StageKinds.LabelImport] = new(LabelImportStage.Description, args => LabelImportStage.Start(args)),
        [StageKinds.LabelResolve] = new(LabelResolveStage.Description, args => LabelResolveStage.Start(args)),
        [StageKinds.LabelReport] = new(LabelReportStage.Description, args => LabelReportStage.Start(args)),
        [StageKinds.Instructions] = new(InstructionsStage.Description, args => InstructionsStage.Start(args)),
        [StageKinds.Ablation] = new(AblationStage.Description, args => AblationStage.Start(args)),
    };

    /// <summary>The options record of each kind, for checking whole pipelines and for their schema.</summary>
    public static IReadOnlyDictionary<string, Type> OptionTypes { get; } = new Dictionary<string, Type>
    {
        [StageKinds.Tokenizer] = typeof(TokenizerOptions),
        [StageKinds.Sft] = typeof(Sft.SftOptions),
        [StageKinds.Dpo] = typeof(Dpo.DpoOptions),
        [StageKinds.Reward] = typeof(RewardModel.RewardModelOptions),
        [StageKinds.Evaluate] = typeof(Evaluation.EvaluationOptions),
        [StageKinds.Ppo] = typeof(Ppo.PpoOptions),
        [StageKinds.OnlineDpo] = typeof(OnlineDpo.OnlineDpoOptions),
        [StageKinds.Sample] = typeof(Sampling.SampleOptions),
        [StageKinds.Grpo] = typeof(Grpo.GrpoOptions),
        [StageKinds.Merge] = typeof(MergeOptions),
        [StageKinds.LabelExport] = typeof(LabelExportOptions),
        [StageKinds.LabelAnnotate] = typeof(LabelAnnotateOptions),
        [StageKinds.LabelImport] = typeof(LabelImportOptions),
        [StageKinds.LabelResolve] = typeof(LabelResolveOptions),
        [StageKinds.LabelReport] = typeof(LabelReportOptions),
        [StageKinds.Instructions] = typeof(InstructionsStageOptions),
        [StageKinds.Ablation] = typeof(AblationStageOptions),
    };
}
