namespace Alignment.Training.Pipelines;

/// <summary>The kinds of stages that a pipeline can name.</summary>
public static class StageKinds
{
    /// <summary>Trains a tokenizer.</summary>
    public const string Tokenizer = "tokenizer";

    /// <summary>Language modelling and supervised fine-tuning.</summary>
    public const string Sft = "sft";

    /// <summary>A reward model from preference pairs.</summary>
    public const string Reward = "reward";

    /// <summary>Direct preference optimization.</summary>
    public const string Dpo = "dpo";

    /// <summary>Proximal policy optimization against a reward.</summary>
    public const string Ppo = "ppo";

    /// <summary>Policy optimization against a reward without a value model: GRPO and its kin.</summary>
    public const string Grpo = "grpo";

    /// <summary>Preference optimization on the policy's own responses.</summary>
    public const string OnlineDpo = "online-dpo";

    /// <summary>Samples responses, scores them and writes data files of them.</summary>
    public const string Sample = "sample";

    /// <summary>Makes one policy of several.</summary>
    public const string Merge = "merge";

    /// <summary>Scores models on held-out prompts.</summary>
    public const string Evaluate = "evaluate";

    /// <summary>Makes labelling tasks of models' answers.</summary>
    public const string LabelExport = "label-export";

    /// <summary>Votes by scripted annotators.</summary>
    public const string LabelAnnotate = "label-annotate";

    /// <summary>Takes votes into a labelling project.</summary>
    public const string LabelImport = "label-import";

    /// <summary>Makes preference rows of votes.</summary>
    public const string LabelResolve = "label-resolve";

    /// <summary>Measures the agreement of annotators.</summary>
    public const string LabelReport = "label-report";

    /// <summary>Makes instructions of labelled tasks.</summary>
    public const string Instructions = "instructions";

    /// <summary>Sets held-out accuracy against the number of task clusters in training.</summary>
    public const string Ablation = "ablation";

    /// <summary>All kinds, in the order in which a pipeline usually has them.</summary>
    public static IReadOnlyList<string> All { get; } = [Tokenizer, Sft, Reward, Dpo, Ppo, Grpo, OnlineDpo, Sample, Merge, Evaluate, LabelExport, LabelAnnotate, LabelImport, LabelResolve, LabelReport, Instructions, Ablation];

    /// <summary>Whether a stage of this kind leaves a <c>model</c> folder that later stages can name.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>True for those that train something.</returns>
    public static bool HasModel(string kind) => kind is Tokenizer or Sft or Reward or Dpo or Ppo or Grpo or OnlineDpo or Merge;
}
