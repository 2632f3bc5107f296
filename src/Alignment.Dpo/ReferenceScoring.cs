using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Training.Loops;
using Alignment.Training.Runs;

namespace Alignment.Dpo;

/// <summary>Gets the reference's log-probs: from the stage's file where it fits, else from the reference itself.</summary>
internal sealed class ReferenceScoring
{
    private const string Format = "dpo-reference/1";

    private readonly DpoOptions _options;
    private readonly StageSession _session;
    private readonly CausalLm _policy;
    private readonly TextTokenizer _tokenizer;
    private readonly string _weights;

    /// <summary>Finds out whether policy and reference are one.</summary>
    /// <param name="options">Folders, precision, batch size.</param>
    /// <param name="session">Log, folder, cancellation.</param>
    /// <param name="policy">The policy as it was loaded; it is the reference, too, where the weights are the same.</param>
    /// <param name="tokenizer">Of both.</param>
    public ReferenceScoring(DpoOptions options, StageSession session, CausalLm policy, TextTokenizer tokenizer)
    {
        (_options, _session, _policy, _tokenizer) = (options, session, policy, tokenizer);
        _weights = ReferenceContract.WeightsHash(options.Reference ?? options.Model);
        IsOwnReference = options.Reference is null || _weights == ReferenceContract.WeightsHash(options.Model);
    }

    /// <summary>Whether the policy begins as its own reference.</summary>
    public bool IsOwnReference { get; }

    /// <summary>Log-probs for all pairs.</summary>
    /// <param name="rows">The pairs.</param>
    /// <exception cref="OperationCanceledException">Cancelled while the reference was reading.</exception>
    public (PairSet Train, PairSet Eval) Run(PairRows rows)
    {
        var path = Path.Combine(_session.Folder.Root, ReferenceCache.FileName);
        var cache = new ReferenceCache(path, Key(rows), _session.Log);
        var counts = new Dictionary<string, int> { [nameof(rows.Train)] = rows.Train.Count, [nameof(rows.Eval)] = rows.Eval.Count };
        if (cache.TryRead(counts) is { } known)
        {
            _session.Log.Information("Reference log-probs of {Pairs} pairs read from {File}", rows.Train.Count + rows.Eval.Count, path);
        }
        else
        {
            known = Compute(rows);
            cache.Write(known);
        }

        return (new PairSet(rows.Train, known[nameof(rows.Train)]), new PairSet(rows.Eval, known[nameof(rows.Eval)]));
    }

    private Dictionary<string, ReferenceLogProbs> Compute(PairRows rows)
    {
        var total = rows.Train.Count + rows.Eval.Count;
        _session.Log.Information("Reading {Pairs} pairs with the reference", total);
        using var other = IsOwnReference ? null : LoadOther(_options.Reference!);
        using var off = IsOwnReference ? _policy.Adapter?.Disable() : null; // the same weights without the update
        var sets = new Dictionary<string, ReferenceLogProbs>();
        _session.Console.WithProgress("reference", 0, total, report =>
        {
            var done = 0;
            foreach (var (name, pairs) in ((string, IReadOnlyList<PreferenceExample>)[])[(nameof(rows.Train), rows.Train), (nameof(rows.Eval), rows.Eval)])
            {
                sets[name] = ReferenceLogProbs.Compute(
                    other ?? _policy, pairs, _options.Training.EvalBatchSize ?? _options.Training.BatchSize, _tokenizer.PadId, count => report(done += count), _session.Cancel, _options.LdAlpha);
            }
        });
        return sets;
    }

    private CausalLm LoadOther(string folder)
    {
        VocabularyContract.Check(ModelConfig.Load(folder), _tokenizer.VocabularySize, folder);
        return ModelFolder.LoadCausalLm(folder, Devices.Parse(_options.Training.Device), _options.Training.Dtype.ToScalarType());
    }

    /// <summary>Everything that the log-probs depend on.</summary>
    private string Key(PairRows rows) => ContentHash.OfText(string.Join('\n',
        Format + LdAlpha, _weights, _tokenizer.Fingerprint, _options.Training.Dtype, IsOwnReference ? _options.Training.Quantization : Quantization.None, Devices.Parse(_options.Training.Device).type, PairSet.HashOf(rows.Train), PairSet.HashOf(rows.Eval)));

    private string LdAlpha => _options.LdAlpha is { } alpha ? FormattableString.Invariant($" ld_alpha {alpha:R}") : "";
}
