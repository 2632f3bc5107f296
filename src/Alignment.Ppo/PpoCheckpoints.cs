using Alignment.Training.Loops;
using Alignment.Training.Metrics;
using Alignment.Training.Runs;

namespace Alignment.Ppo;

/// <summary>
/// Saves and restores a run: policy, value model, both optimizers, the controller's coefficient, the cursor, the metrics under way, the best
/// evaluation. Reference and reward model are inputs of the run and do not change.
/// </summary>
internal sealed class PpoCheckpoints
{
    private readonly PpoOptions _options;
    private readonly StageSession _session;
    private readonly CheckpointStore _store;
    private readonly CheckpointPart[] _weights;
    private readonly CheckpointPart[] _parts;
    private readonly MetricMeans _means;
    private readonly KlControl _kl;
    private long _savedStep;

    public PpoCheckpoints(PpoOptions options, StageSession session, PpoModels models, PpoOptimizers optimizers, MetricMeans means, KlControl kl)
    {
        _options = options;
        _session = session;
        _store = session.OpenCheckpoints(options.Training.KeepLast);
        _weights = [CheckpointParts.Module("model.safetensors", models.Policy), CheckpointParts.Module("value_model.safetensors", models.Value)];
        _parts = [.. _weights, .. optimizers.Parts];
        _means = means;
        _kl = kl;
    }

    /// <summary>The last evaluation, names with <c>eval_</c>.</summary>
    public IReadOnlyDictionary<string, double> Evaluation { get; private set; } = new Dictionary<string, double>();

    /// <summary>The best evaluation by <c>keep_best</c>.</summary>
    public BestCheckpoint? Best { get; private set; }

    /// <summary>Goes back to the last checkpoint.</summary>
    /// <returns>Null when there is none.</returns>
    public PpoState? Resume()
    {
        if (!_session.IsResumed || _store.Latest() is not { } checkpoint)
        {
            return null;
        }

        checkpoint.Load(_parts);
        var state = PpoState.FromJson(checkpoint.State);
        _kl.Coefficient = BitConverter.Int64BitsToDouble(state.KlCoefficient);
        _means.Load(state.Metrics);
        Evaluation = state.LastEvaluation.ToDictionary(pair => pair.Key, pair => pair.Value ?? double.NaN);
        Best = state.Best is { } best && _store.TryOpen(best.Step) is not null ? best : null;
        _savedStep = state.EvaluationPending ? 0 : state.Step;
        _session.Log.Information("Resuming from {Folder}", checkpoint.Folder);
        return state;
    }

    /// <summary>Writes a checkpoint, unless that step has one.</summary>
    /// <param name="step">Steps done; 0 is not worth one.</param>
    /// <param name="metrics">Brought to the disk first.</param>
    /// <param name="evaluationPending">Whether the evaluation of that step is still to be made.</param>
    public void Save(long step, MetricsLog metrics, bool evaluationPending = false)
    {
        if (step == _savedStep || step == 0)
        {
            return;
        }

        metrics.Sync();
        var evaluation = Evaluation.ToDictionary(pair => pair.Key, pair => double.IsFinite(pair.Value) ? pair.Value : (double?)null);
        var state = new PpoState(
            step, step * _options.RolloutBatchSize, evaluationPending, BitConverter.DoubleToInt64Bits(_kl.Coefficient), _means.Save(), Best, evaluation);
        _store.Save(step, _parts, state.ToJson(), Best?.Step);
        _savedStep = step;
        _session.Log.Debug("Checkpoint at step {Step}", step);
    }

    /// <summary>Notes an evaluation.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="evaluation">Names with <c>eval_</c>.</param>
    /// <returns>Whether it is the best so far.</returns>
    /// <exception cref="InvalidDataException"><c>keep_best</c> names none of the metrics.</exception>
    public bool Note(long step, IReadOnlyDictionary<string, double> evaluation)
    {
        Evaluation = evaluation;
        if (_options.Training.KeepBest is not { } wanted)
        {
            return false;
        }

        if (!evaluation.TryGetValue(wanted, out var score))
        {
            throw new InvalidDataException($"training.keep_best is '{wanted}', which is not evaluated here; choose one of {string.Join(", ", evaluation.Keys)}");
        }

        var isBetter = step > 0 && double.IsFinite(score)
            && (Best is null || (_options.Training.KeepBestMode == BestMode.Min ? score < Best.Value : score > Best.Value));
        Best = isBetter ? new BestCheckpoint(step, score) : Best;
        return isBetter;
    }

    /// <summary>Takes the weights of the best checkpoint, where that is wanted.</summary>
    /// <param name="total">The last step, whose weights are there now.</param>
    /// <returns>The step whose weights are there then.</returns>
    public long TakeBest(long total)
    {
        if (!_options.Training.LoadBest || Best is null || Best.Step == total)
        {
            return total;
        }

        var checkpoint = _store.TryOpen(Best.Step)
            ?? throw new InvalidDataException($"the best checkpoint (step {Best.Step}) is damaged; remove the stage's folder to train again, or turn load_best off");
        checkpoint.Load(_weights);
        _session.Log.Information("Taking the weights of step {Step}, the best by {Metric} ({Value:0.0000})", Best.Step, _options.Training.KeepBest, Best.Value);
        return Best.Step;
    }
}
