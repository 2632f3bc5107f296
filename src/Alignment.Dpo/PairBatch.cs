using Alignment.Core.Numerics;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Objectives;
using static TorchSharp.torch;

namespace Alignment.Dpo;

/// <summary>
/// P pairs as one right-padded batch of 2P sequences, the chosen responses first. Only response tokens are targets. The tensors belong to
/// the scope in which the batch was made.
/// </summary>
/// <param name="Pairs">The pairs.</param>
/// <param name="Targets">Sequences and the N response tokens, those of the chosen responses first.</param>
/// <param name="Sequences">[N] Int64: which of the 2P sequences a response token belongs to.</param>
/// <param name="TokenCount">Tokens of all sequences, padding not counted.</param>
internal sealed record PairBatch(IReadOnlyList<PreferenceExample> Pairs, TargetBatch Targets, Tensor Sequences, int TokenCount)
{
    /// <summary>Response tokens of the chosen side; they come first among the targets.</summary>
    public int ChosenTokens { get; } = Pairs.Sum(pair => pair.Chosen.Length);

    /// <summary>Response tokens of the rejected side.</summary>
    public int RejectedTokens { get; } = Pairs.Sum(pair => pair.Rejected.Length);

    /// <summary>[N] float64: what each response token weighs in its sum (LD-DPO); null for 1.</summary>
    public Tensor? TokenWeights { get; init; }

    public static PairBatch Of(IReadOnlyList<PreferenceExample> pairs, int padId, Device device, double? ldAlpha = null)
    {
        var batch = PaddedBatch.OfPairs(pairs, padId);
        var targets = batch.Targets();
        return new(
            pairs,
            TargetBatch.Of(batch.Ids, batch.Rows, batch.Length, targets.HiddenRows, targets.Ids, device),
            tensor(Array.ConvertAll(targets.BatchRows, row => (long)row)).SentTo(device), // [N]
            batch.TokenCount)
        {
            TokenWeights = ldAlpha is { } alpha ? tensor(WeightsOf(pairs, alpha).ToArray()).SentTo(device) : null,
        };
    }

    // Of the chosen responses first, as the targets are.
    private static IEnumerable<double> WeightsOf(IReadOnlyList<PreferenceExample> pairs, double alpha) =>
        pairs.SelectMany(pair => LengthDesensitization.TokenWeights(pair.Chosen.Length, pair.Rejected.Length, alpha))
            .Concat(pairs.SelectMany(pair => LengthDesensitization.TokenWeights(pair.Rejected.Length, pair.Chosen.Length, alpha)));

    /// <summary>
    /// Log-probabilities of tokens to those of whole responses. Sums are float64: the loss lives on small differences of large sums, and they
    /// come out the same in whatever order a device adds.
    /// </summary>
    /// <param name="logProbs">[N], in nats.</param>
    /// <param name="weighted">Whether the tokens' weights count.</param>
    /// <returns>[P] float64 each, with gradient where there is one.</returns>
    public PairLogProbs Sum(Tensor logProbs, bool weighted = true)
    {
        using var scope = NewDisposeScope();
        var values = logProbs.to(ScalarType.Float64);
        var sums = zeros([2 * Pairs.Count], dtype: ScalarType.Float64, device: logProbs.device)
            .index_add(0, Sequences, weighted && TokenWeights is not null ? values * TokenWeights : values, 1); // [2P]
        return new(
            sums.narrow(0, 0, Pairs.Count).MoveToOuterDisposeScope(),            // [P]
            sums.narrow(0, Pairs.Count, Pairs.Count).MoveToOuterDisposeScope()); // [P]
    }

    /// <summary>Response lengths in tokens, [P] float64 each.</summary>
    public PairLogProbs Lengths() => new(
        tensor([.. Pairs.Select(pair => (double)pair.Chosen.Length)]).SentTo(Sequences.device),
        tensor([.. Pairs.Select(pair => (double)pair.Rejected.Length)]).SentTo(Sequences.device));

    /// <summary>[P] float64: by how much the chosen response's reward has to lead; null where that is 0 for all.</summary>
    /// <param name="margin">Of every pair.</param>
    /// <param name="own">Whether the rows' own margins are added.</param>
    public Tensor? Margins(double margin, bool own) => margin == 0 && !own
        ? null
        : tensor([.. Pairs.Select(pair => margin + (own ? pair.Margin : 0))]).SentTo(Sequences.device);

    /// <summary>[P] float64: how likely the chosen response is the better one; null where all are certain.</summary>
    public Tensor? Labels() => Pairs.All(pair => pair.Label == 1)
        ? null
        : tensor([.. Pairs.Select(pair => pair.Label)]).SentTo(Sequences.device);
}
