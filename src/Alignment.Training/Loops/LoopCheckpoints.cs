using Alignment.Training.Metrics;
using Alignment.Training.Runs;

namespace Alignment.Training.Loops;

/// <summary>Saves and restores a loop: weights, the stage's other state, the cursor, the metrics under way, the best evaluation.</summary>
public sealed class LoopCheckpoints
{
    private readonly TrainingOptions _options;
    private readonly StageSession _session;
    private readonly CheckpointStore _store;
    private readonly CheckpointPart[] _weights;
    private readonly CheckpointPart[] _parts;
    private readonly MetricMeans _means;
    private long _savedStep;

    /// <summary>Opens the stage's checkpoints.</summary>
    /// <param name="options">How many are kept, and which is the best.</param>
    /// <param name="session">The stage's folder and log.</param>
    /// <param name="means">The metrics under way.</param>
    /// <param name="weights">What the stage's result is made of; <c>load_best</c> takes these back.</param>
    /// <param name="state">What else going on needs.</param>
    public LoopCheckpoints(TrainingOptions options, StageSession session, MetricMeans means, IEnumerable<CheckpointPart> weights, IEnumerable<CheckpointPart> state)
    {
        _options = options;
        _session = session;
        _store = session.OpenCheckpoints(options.KeepLast);
        _means = means;
        _weights = [.. weights];
        _parts = [.. _weights, .. state];
    }

    /// <summary>The last evaluation, names with <c>eval_</c>.</summary>
    public IReadOnlyDictionary<string, double> Evaluation { get; private set; } = new Dictionary<string, double>();

    /// <summary>The best evaluation by <c>keep_best</c>.</summary>
    public BestCheckpoint? Best { get; private set; }

    /// <summary>Goes back to the last checkpoint.</summary>
    /// <returns>The step it was written after, and whether that step's evaluation is still to be made; null when there is none.</returns>
    /// <exception cref="InvalidDataException">The checkpoint is of another run.</exception>
    public (long Step, bool EvaluationPending)? Resume()
    {
        if (!_session.IsResumed || _store.Latest() is not { } checkpoint)
        {
            return null;
        }

        checkpoint.Load(_parts);
        var state = LoopState.FromJson(checkpoint.State);
        _means.Load(state.Metrics);
        Evaluation = state.LastEvaluation.ToDictionary(pair => pair.Key, pair => pair.Value ?? double.NaN);
        Best = state.Best is { } best && _store.TryOpen(best.Step) is not null ? best : null;
        _savedStep = state.EvaluationPending ? 0 : state.Step;
        _session.Log.Information("Resuming from {Folder}", checkpoint.Folder);
        return (state.Step, state.EvaluationPending);
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
        _store.Save(step, _parts, new LoopState(step, evaluationPending, _means.Save(), Best, evaluation).ToJson(), Best?.Step);
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
        if (_options.KeepBest is not { } wanted)
        {
            return false;
        }

        if (!evaluation.TryGetValue(wanted, out var score))
        {
            throw new InvalidDataException($"training.keep_best is '{wanted}', which is not evaluated here; choose one of {string.Join(", ", evaluation.Keys)}");
        }

        var isBetter = step > 0 && double.IsFinite(score)
            && (Best is null || (_options.KeepBestMode == BestMode.Min ? score < Best.Value : score > Best.Value));
        Best = isBetter ? new BestCheckpoint(step, score) : Best;
        return isBetter;
    }

    /// <summary>Takes the weights of the best checkpoint, where that is wanted.</summary>
    /// <param name="total">The last step, whose weights are there now.</param>
    /// <returns>The step whose weights are there then.</returns>
    /// <exception cref="InvalidDataException">The best checkpoint is damaged.</exception>
    public long TakeBest(long total)
    {
        if (!_options.LoadBest || Best is null || Best.Step == total)
        {
            return total;
        }

        var checkpoint = _store.TryOpen(Best.Step)
            ?? throw new InvalidDataException($"the best checkpoint (step {Best.Step}) is damaged; remove the stage's folder to train again, or turn load_best off");
        checkpoint.Load(_weights);
        _session.Log.Information("Taking the weights of step {Step}, the best by {Metric} ({Value:0.0000})", Best.Step, _options.KeepBest, Best.Value);
        return Best.Step;
    }
}
