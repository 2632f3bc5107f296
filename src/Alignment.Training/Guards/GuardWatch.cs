using Alignment.Training.Metrics;
using Alignment.Training.Options;
using Serilog;

namespace Alignment.Training.Guards;

/// <summary>
/// Watches the lines of metrics of a run. It holds nothing that the lines do not say, so that a resumed run, which reads the kept lines again, warns and
/// stops where an uninterrupted one does.
/// </summary>
public sealed class GuardWatch
{
    private const string EvalPrefix = "eval_";

    private readonly IReadOnlyList<(GuardRule Rule, IReadOnlyDictionary<string, GuardState> States)> _guards;
    private readonly IReadOnlyCollection<string> _asked;
    private readonly ILogger _log;
    private readonly Func<long, string?> _checkpointUpTo;
    private readonly Dictionary<string, string> _warnings = new(StringComparer.Ordinal);
    private bool _namesChecked;

    /// <summary>Makes the watch of a run.</summary>
    /// <param name="kind">The kind of stage, which decides on the default guards.</param>
    /// <param name="options">What the user changed, turned off or added.</param>
    /// <param name="log">Told the warnings.</param>
    /// <param name="checkpointUpTo">Step to the folder of the newest checkpoint that is not after it; null where there is none.</param>
    public GuardWatch(string kind, IReadOnlyDictionary<string, GuardOptions> options, ILogger log, Func<long, string?> checkpointUpTo)
    {
        _guards = [.. DefaultGuards.With(kind, options).Select(rule => (rule, (IReadOnlyDictionary<string, GuardState>)rule.Metrics.Distinct().ToDictionary(name => name, _ => new GuardState())))];
        _asked = [.. options.Keys];
        _log = log;
        _checkpointUpTo = checkpointUpTo;
    }

    /// <summary>What was warned of, in the order in which it happened.</summary>
    public IReadOnlyList<string> Warnings => [.. _warnings.Values];

    /// <summary>Takes a line that an earlier process wrote, and already spoke of.</summary>
    /// <param name="line">The line.</param>
    public void Replay(MetricsLine line)
    {
        _namesChecked |= IsTraining(line);
        foreach (var (rule, message, _) in Broken(line).Where(broken => broken.Rule.Action == GuardAction.Warn))
        {
            _warnings.TryAdd(rule.Name, message);
        }
    }

    /// <summary>Takes a line that was just written.</summary>
    /// <param name="line">The line.</param>
    /// <exception cref="GuardStopException">A guard stops the run.</exception>
    public void Check(MetricsLine line)
    {
        foreach (var (rule, message, lastGood) in Broken(line))
        {
            if (rule.Action == GuardAction.Stop)
            {
                var checkpoint = lastGood is { } step ? _checkpointUpTo(step) : null;
                throw new GuardStopException(GuardStopException.Text($"guard {message}", checkpoint, $"Change the options, or training.guards.{rule.Name} if this is as it should be"));
            }

            if (_warnings.TryAdd(rule.Name, message))
            {
                _log.Warning("Guard {Message:l}", message);
            }
        }

        if (!_namesChecked && IsTraining(line))
        {
            _namesChecked = true;
            Tell(name => !name.StartsWith(EvalPrefix, StringComparison.Ordinal), line.Values.Select(pair => pair.Key));
        }
    }

    /// <summary>Tells, at the end of the run, which of the user's guards never had anything to watch.</summary>
    public void Finish() => Tell(name => name.StartsWith(EvalPrefix, StringComparison.Ordinal), []);

    private static bool IsTraining(MetricsLine line) => line.Values.Any(pair => pair.Key != "epoch" && !pair.Key.StartsWith(EvalPrefix, StringComparison.Ordinal));

    private IEnumerable<(GuardRule Rule, string Message, long? LastGood)> Broken(MetricsLine line)
    {
        foreach (var (rule, states) in _guards)
        {
            foreach (var (name, value) in line.Values)
            {
                if (states.TryGetValue(name, out var state))
                {
                    state.Add(line.Step, value, rule.Bound);
                    if (state.InARow >= rule.Lines)
                    {
                        yield return (rule, Describe(rule, name, value, line.Step, state), state.LastGoodStep);
                    }
                }
            }
        }
    }

    private static string Describe(GuardRule rule, string metric, double value, long step, GuardState state) =>
        $"{rule.Name}: {metric} is {SvgPlot.Label(value)} at step {step}, {rule.Bound.Describe(state.Start)}{(rule.Lines > 1 ? $" for {rule.Lines} lines in a row" : "")}."
        + (rule.Cause.Length > 0 ? $" Likely cause: {rule.Cause.TrimEnd('.')}." : "")
        + (rule.Section is { } section ? $" See {section}." : "");

    private void Tell(Func<string, bool> which, IEnumerable<string> written)
    {
        foreach (var (rule, states) in _guards.Where(guard => _asked.Contains(guard.Rule.Name)))
        {
            var known = written.ToList();
            foreach (var name in states.Where(state => !state.Value.IsSeen && which(state.Key)).Select(state => state.Key).Where(_ => states.Values.All(state => !state.IsSeen)))
            {
                var advice = known.Count == 0 ? "the run wrote no such metric" : OptionNames.Nearest(name, known) is { } near ? $"did you mean '{near}'?" : $"it has {string.Join(", ", known)}";
                _log.Warning("training.guards.{Guard:l} watches '{Metric:l}', which the lines of metrics do not have: {Advice:l}", rule.Name, name, advice);
            }
        }
    }
}
