using Serilog;

namespace Alignment.Dpo;

/// <summary>Warns, once a run, when the chosen responses have become much less likely than under the reference.</summary>
/// <param name="log">Told so.</param>
internal sealed class ChosenDeltaWatch(ILogger log)
{
    /// <summary>Mean of <c>logps/chosen_delta_ref</c>, in nats per token, below which it warns: each chosen token has lost 40 % of its probability.</summary>
    public const double Threshold = -0.5;

    /// <summary>Pairs of one mean, so that a few odd pairs do not raise the alarm.</summary>
    public const int Window = 64;

    private double _sum;
    private int _pairs;
    private bool _warned;

    /// <summary>Adds a batch.</summary>
    /// <param name="delta">Its <c>logps/chosen_delta_ref</c>.</param>
    /// <param name="pairs">Its pairs.</param>
    public void Add(double delta, int pairs)
    {
        _sum += delta * pairs;
        _pairs += pairs;
        if (_pairs < Window)
        {
            return;
        }

        var mean = _sum / _pairs;
        (_sum, _pairs) = (0, 0);
        if (mean < Threshold && !_warned)
        {
            _warned = true;
            log.Warning(
                "logps/chosen_delta_ref is {Delta:0.00} nats per token: the chosen responses become less likely, too, and the text may degrade. Lower learning_rate, raise beta, or set sft_weight (docs/algorithms/dpo.md)", mean);
        }
    }
}
