namespace Alignment.Training.Guards;

/// <summary>One metric under one rule: its first values, and how many lines it has been out of bounds.</summary>
internal sealed class GuardState
{
    private readonly List<double> _first = [];

    /// <summary>Whether a line had the metric.</summary>
    public bool IsSeen { get; private set; }

    /// <summary>Values out of bounds in a row.</summary>
    public int InARow { get; private set; }

    /// <summary>The last step that was within bounds; null when none was yet.</summary>
    public long? LastGoodStep { get; private set; }

    /// <summary>Median of the run's first values; null while there are too few.</summary>
    public double? Start => _first.Count < GuardBound.StartLines ? null : _first.Order().ElementAt(GuardBound.StartLines / 2);

    /// <summary>Takes a value.</summary>
    /// <param name="step">Its step.</param>
    /// <param name="value">NaN and infinities, which stand for what could not be measured, count as neither good nor bad.</param>
    /// <param name="bound">The rule's.</param>
    public void Add(long step, double value, GuardBound bound)
    {
        IsSeen = true;
        if (!double.IsFinite(value))
        {
            return;
        }

        if (bound.IsBroken(value, Start))
        {
            InARow++;
        }
        else
        {
            InARow = 0;
            LastGoodStep = step;
        }

        if (_first.Count < GuardBound.StartLines)
        {
            _first.Add(value);
        }
    }
}
