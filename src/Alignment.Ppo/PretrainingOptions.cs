using System.ComponentModel;
using Alignment.Data.Collation;
using Alignment.Data.Loading;
using Alignment.Training.Options;

namespace Alignment.Ppo;

/// <summary>
/// The pre-training mix, PPO-ptx (Ouyang et al. 2022, arXiv:2203.02155, Eq. 2): every update of the policy also lowers the loss of
/// some rows of the data that came before, so that what was learned there is not lost.
/// </summary>
public sealed record PretrainingOptions : IValidatedOptions
{
    /// <summary>Rows of any kind that SFT takes.</summary>
    [InputPath]
    [Description("files of rows to mix in: text, messages, or prompt and completion")]
    public required IReadOnlyList<string> Train { get; init; }

    /// <summary>How files become examples.</summary>
    [Description("how files become examples")]
    public DataOptions Data { get; init; } = new();

    /// <summary>Whether texts share sequences.</summary>
    [Description("wrapped joins texts and cuts them into sequences of max_length")]
    public Packing Packing { get; init; } = Packing.None;

    /// <summary>γ: the factor on the mean negative log-likelihood per token. OpenRLHF's value while it had the mix; InstructGPT quotes 27.8 for its own units.</summary>
    [Description("factor on the mean negative log-likelihood per token of the mixed-in rows")]
    public double Coefficient { get; init; } = 0.05;

    /// <summary>Rows per update of the policy.</summary>
    [Description("mixed-in rows per update of the policy")]
    public int BatchSize { get; init; } = 8;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Train.Count == 0)
        {
            yield return "train is empty; name at least one file";
        }

        if (!(Coefficient > 0))
        {
            yield return FormattableString.Invariant($"coefficient is {Coefficient}; it must be above 0; leave the group out to mix nothing in");
        }

        if (BatchSize < 1)
        {
            yield return $"batch_size is {BatchSize}; it must be at least 1";
        }
    }
}
