using System.Globalization;
using Alignment.Core.Numerics;
using Alignment.Training.Metrics;
using Alignment.Training.Optimization;
using Alignment.Training.Runs;
using Alignment.Training.Schedules;
using static TorchSharp.torch;

namespace Alignment.Training.Loops;

/// <summary>
/// The loop that SFT, the reward model and DPO share. A run that is killed and resumed gives the same weights and metrics as one that is not
/// (on the CPU): rows, learning rate and dropout are functions of the step, and the rest is in the checkpoint.
/// </summary>
/// <param name="options">Steps, batches, optimizer, intervals.</param>
/// <param name="task">Model, rows, loss, evaluation.</param>
/// <param name="session">The stage's folder, log and cancellation.</param>
public sealed class TrainingLoop(TrainingOptions options, TrainingTask task, StageSession session)
{
    private const string EvalPrefix = "eval_";

    private readonly BatchPlan _plan = new(task.RowCount, options.BatchSize * options.GradientAccumulationSteps, task.Order);
    private readonly MetricMeans _means = new();

    /// <summary>Trains to the end, from the last checkpoint if there is one.</summary>
    /// <returns>How it ended; the model has the weights that the stage is to write.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint of the last whole step is written.</exception>
    /// <exception cref="NumericFailureException">A loss or gradient broke; the last checkpoint is good.</exception>
    /// <exception cref="Guards.GuardStopException">A guard stopped the run; the step is not saved.</exception>
    /// <exception cref="InvalidOperationException">A self test failed; nothing was trained.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is of another run, or <c>keep_best</c> names no evaluation metric.</exception>
    public TrainingResult Run()
    {
        var total = options.MaxSteps ?? _plan.Steps(options.Epochs);
        var schedule = new LearningRateSchedule(
            options.LrSchedule, total, LearningRateSchedule.Warmup(total, options.WarmupSteps, options.WarmupRatio), options.LrMinRatio);
        var parameters = OptimizerFactory.Trained(task.Model.parameters());
        using var optimizer = OptimizerFactory.AdamW(parameters, options.WeightDecay, options.AdamBeta1, options.AdamBeta2, options.AdamEpsilon);
        var gradient = new GradientStep(optimizer, parameters, options.LearningRate, schedule, options.MaxGradNorm, _means.Reads);
        var checkpoints = new LoopCheckpoints(
            options, session, _means, [CheckpointParts.Module("model.safetensors", task.Model)], [CheckpointParts.Optimizer("optimizer.bin", optimizer), .. task.Parts]);

        var resumed = checkpoints.Resume();
        var start = resumed?.Step ?? 0;
        using var metrics = session.OpenMetrics(resumed?.Step, options.Guards);
        session.Log.Information(
            "Training {Start} → {Total} steps of {Rows} rows ({Parameters} parameters)", start, total, options.BatchSize * options.GradientAccumulationSteps, parameters.Sum(parameter => parameter.numel()));

        session.ExpectMemory(task.Memory);
        if (start == 0 && task.RowsAreIndependent)
        {
            task.Model.eval();
            StepZero.Check(task, options);
        }

        task.Model.train(task.Dropout);
        if (resumed?.EvaluationPending ?? options.EvalOnStart)
        {
            EvaluateAndSave(start, total, metrics, checkpoints, alwaysSave: start > 0);
        }

        session.Console.WithProgress("training", start, total, report => Steps(start, total, gradient, metrics, checkpoints, report));
        session.NoteMemory();
        task.Model.eval();
        var modelStep = checkpoints.TakeBest(total);
        return new TrainingResult(total, checkpoints.Evaluation, checkpoints.Best, modelStep);
    }

    private void Steps(long start, long total, GradientStep gradient, MetricsLog metrics, LoopCheckpoints checkpoints, Action<long> report)
    {
        var pace = new Pace(start, total);
        for (var step = start + 1; step <= total; step++)
        {
            // 1-4. rows, gradients, clip and check, update
            TrainStep(step, gradient);
            task.AfterStep?.Invoke(step);

            // 5. log the means since the last line
            if (step % options.LogEvery == 0 || step == total)
            {
                Log(step, gradient.LearningRate(step), metrics, pace.Describe(step));
            }

            // 6. evaluate on held-out rows; 7. write a checkpoint
            EvaluateAndSave(step, total, metrics, checkpoints, alwaysSave: step == total || (options.SaveEvery > 0 && step % options.SaveEvery == 0));
            report(step);

            // 8. stop when asked to
            if (session.Cancel.IsCancellationRequested && step < total)
            {
                checkpoints.Save(step, metrics);
                throw Cancelled(step);
            }
        }
    }

    /// <summary>One optimizer step; every tensor made in it dies in it.</summary>
    private void TrainStep(long step, GradientStep gradient)
    {
        // 1. the rows of the step, and the dropout noise of the step, are functions of the seed and the step
        var rows = _plan.Rows(step);
        var ids = Array.ConvertAll(rows, row => task.RowId(row));
        var weight = rows.Sum(task.Weight);
        if (task.Dropout)
        {
            manual_seed(Seeds.Derive(session.Manifest.Seed, string.Create(CultureInfo.InvariantCulture, $"dropout/{step}")));
        }

        // 2. add up the gradients of the micro-batches
        gradient.Clear();
        var loss = 0.0;
        for (var at = 0; at < rows.Length; at += options.BatchSize)
        {
            using var scope = NewDisposeScope();
            var lossSum = task.Loss(rows[at..(at + options.BatchSize)], _means); // []
            gradient.Backward(lossSum, weight, step, ids[at..(at + options.BatchSize)], share => loss += share);
        }

        // 3-4. clip, check, update
        var norm = gradient.Apply(step, ids);
        _means.Add("loss", loss);
        _means.Add("grad_norm", norm);
        for (var source = 0; source < task.Sources.Count; source++)
        {
            _means.Add($"source/{task.Sources[source]}", rows.Count(row => task.SourceOf(row) == source) / (double)rows.Length);
        }
    }

    private void Log(long step, double learningRate, MetricsLog metrics, string pace)
    {
        var means = _means.Take();
        metrics.Write(step, Ordered(means, new("learning_rate", learningRate), new("epoch", _plan.Epoch(step))));
        var loss = means.FirstOrDefault(pair => pair.Key == "loss").Value;
        session.Log.Information("step {Step} loss {Loss:0.0000} lr {LearningRate:0.0e+0} {Pace}", step, loss, learningRate, pace);
    }

    /// <summary>TRL's order: loss, grad_norm, learning_rate, epoch, then what the stage adds.</summary>
    private static IEnumerable<KeyValuePair<string, double>> Ordered(
        IReadOnlyList<KeyValuePair<string, double>> means, params KeyValuePair<string, double>[] inserted)
    {
        bool IsFirst(string name) => name is "loss" or "grad_norm";
        return [.. means.Where(pair => IsFirst(pair.Key)), .. inserted, .. means.Where(pair => !IsFirst(pair.Key))];
    }

    private void EvaluateAndSave(long step, long total, MetricsLog metrics, LoopCheckpoints checkpoints, bool alwaysSave)
    {
        var due = task.Evaluate is not null && (step == 0 || step == total || (options.EvalEvery > 0 && step % options.EvalEvery == 0));
        var isBest = false;
        if (due)
        {
            try
            {
                isBest = checkpoints.Note(step, Evaluate(step, metrics));
            }
            catch (OperationCanceledException) when (session.Cancel.IsCancellationRequested)
            {
                checkpoints.Save(step, metrics, evaluationPending: true);
                throw Cancelled(step);
            }
        }

        if (alwaysSave || isBest)
        {
            checkpoints.Save(step, metrics);
        }
    }

    /// <summary>Evaluates and logs.</summary>
    private Dictionary<string, double> Evaluate(long step, MetricsLog metrics)
    {
        var evaluation = new Dictionary<string, double>();
        task.Model.eval();
        try
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            foreach (var (name, value) in task.Evaluate!(session.Cancel))
            {
                evaluation[EvalPrefix + name] = value;
            }
        }
        finally
        {
            task.Model.train(task.Dropout);
        }

        metrics.Write(step, [.. evaluation, new("epoch", _plan.Epoch(step))]);
        session.Log.Information(
            "step {Step} {Evaluation}", step, string.Join(" ", evaluation.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:0.0000}"))));
        return evaluation;
    }

    private static OperationCanceledException Cancelled(long step) =>
        new($"stopped after step {step}; a checkpoint is written, run the same command to go on");
}
