using System.Globalization;
using Alignment.Training.Guards;
using Alignment.Training.Loops;
using Alignment.Training.Metrics;
using Alignment.Training.Options;
using Alignment.Training.Runs;

namespace Alignment.Rollouts;

/// <summary>How a run of <see cref="RolloutLoop"/> ended.</summary>
/// <param name="ModelStep">The step whose weights the models have now.</param>
/// <param name="Evaluation">The last evaluation, names with <c>eval_</c>.</param>
public sealed record RolloutResult(long ModelStep, IReadOnlyDictionary<string, double> Evaluation);

/// <summary>
/// The loop of the stages that sample what they train on: steps, lines of metrics, evaluations, checkpoints. A run that is killed and resumed
/// gives the same weights and metrics as one that is not (on the CPU).
/// </summary>
/// <param name="task">What a step is.</param>
/// <param name="session">The stage's folder, log and cancellation.</param>
public sealed class RolloutLoop(RolloutTask task, StageSession session)
{
    private readonly LoopCheckpoints _checkpoints = new(
        task.Training, session, task.Means, task.Average is { } average ? [.. task.Weights, average.Part] : task.Weights, task.State);

    /// <summary>Trains to the end, from the last checkpoint if there is one.</summary>
    /// <returns>How it ended; the models have the weights that the stage is to write.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint of the last whole step is written.</exception>
    /// <exception cref="GuardStopException">A guard, a ceiling or a threshold stopped the run; the step is not saved.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is of another run, or <c>keep_best</c> names no evaluation metric.</exception>
    public RolloutResult Run()
    {
        var resumed = _checkpoints.Resume();
        var start = resumed?.Step ?? 0;
        using var metrics = session.OpenMetrics(resumed?.Step, task.Training.Guards);
        session.Log.Information("Training {Start} → {Total} steps", start, task.Total);
        session.ExpectMemory(task.Memory);
        if (resumed?.EvaluationPending ?? task.Training.EvalOnStart)
        {
            EvaluateAndSave(start, metrics, alwaysSave: start > 0);
        }

        session.Console.WithProgress(task.Name, start, task.Total, report =>
        {
            var pace = new Pace(start, task.Total);
            for (var step = start + 1; step <= task.Total; step++)
            {
                Step(step, metrics);
                if (step % task.Training.LogEvery == 0 || step == task.Total)
                {
                    Log(step, metrics, pace.Describe(step));
                }

                EvaluateAndSave(step, metrics, alwaysSave: step == task.Total || (task.Training.SaveEvery > 0 && step % task.Training.SaveEvery == 0));
                report(step);
            }
        });

        session.NoteMemory();
        var modelStep = _checkpoints.TakeBest(task.Total);
        task.Average?.Finish();
        return new RolloutResult(modelStep, _checkpoints.Evaluation);
    }

    private void Step(long step, MetricsLog metrics)
    {
        try
        {
            task.Step(step);
            task.Average?.AfterStep();
        }
        catch (OperationCanceledException) when (session.Cancel.IsCancellationRequested)
        {
            _checkpoints.Save(step - 1, metrics);
            throw Cancelled(step - 1);
        }
        catch (StageFailedException e)
        {
            _checkpoints.Save(step - 1, metrics);
            throw Failed(e, step - 1);
        }
        catch (GuardStopException stop)
        {
            throw stop.At(good => CheckpointStore.NewestUpTo(session.Folder.Checkpoints, good));
        }
    }

    private void Log(long step, MetricsLog metrics, string pace)
    {
        var means = task.Means.Take();
        metrics.Write(step, [.. task.Before(step), .. means, .. task.After(step), new("epoch", task.Epoch(step))]);
        double Of(string name) => means.FirstOrDefault(pair => pair.Key == name).Value;
        session.Log.Information("step {Step} {Metrics} {Pace}", step, string.Join(" ", task.Told.Select(told => Told(told.Words, Of(told.Metric)))), pace);
    }

    private void EvaluateAndSave(long step, MetricsLog metrics, bool alwaysSave)
    {
        var isDue = task.Evaluate is not null
            && (step == 0 || step == task.Total || (task.Training.EvalEvery > 0 && step % task.Training.EvalEvery == 0));
        var isBest = false;
        if (isDue)
        {
            try
            {
                var evaluation = task.Evaluate!(session.Cancel);
                metrics.Write(step, [.. evaluation, new("epoch", task.Epoch(step))]);
                session.Log.Information("step {Step} {Evaluation}", step, string.Join(" ", evaluation.Select(pair => Told(pair.Key, pair.Value))));
                isBest = _checkpoints.Note(step, evaluation);
            }
            catch (OperationCanceledException) when (session.Cancel.IsCancellationRequested)
            {
                _checkpoints.Save(step, metrics, evaluationPending: true);
                throw Cancelled(step);
            }
            catch (StageFailedException e)
            {
                _checkpoints.Save(step, metrics, evaluationPending: true);
                throw Failed(e, step);
            }
        }

        if (alwaysSave || isBest)
        {
            _checkpoints.Save(step, metrics);
        }
    }

    private static string Told(string name, double value) => string.Create(CultureInfo.InvariantCulture, $"{name} {value:0.0000}");

    private static StageFailedException Failed(StageFailedException failure, long step) =>
        new($"{failure.Message}. Stopped after step {step}; {(step > 0 ? "a checkpoint is written, " : "")}run the same command to go on", failure);

    private static OperationCanceledException Cancelled(long step) =>
        new($"stopped after step {step}; {(step > 0 ? "a checkpoint is written, " : "")}run the same command to go on");
}
