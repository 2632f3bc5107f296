using Alignment.Data.Audit;
using Alignment.Data.Rows;

namespace Alignment.Data.Collation;

/// <summary>
/// Holds rows out for evaluation, all rows of one prompt and of one declared <see cref="RowMeta.Group"/> together: a pure function of the rows and the seed, whatever
/// their order. Rows are shown once, then asked about. About 150 bytes stay of each prompt.
/// </summary>
/// <param name="seed">Draws which prompts are held out.</param>
/// <param name="column">Another column, of the row or of its <c>meta</c>, whose equal values keep rows together; null for none.</param>
public sealed class TrainEvalSplit(long seed = 0, string? column = null)
{
    private readonly PromptGroups _groups = new();
    private HashSet<int> _held = [];

    /// <summary>Rows shown.</summary>
    public long Rows => _groups.Rows;

    /// <summary>Groups of rows that stay together.</summary>
    public int Groups => _groups.Count;

    /// <summary>Rows held out.</summary>
    public long HeldOutRows { get; private set; }

    /// <summary>Groups held out.</summary>
    public int HeldOutGroups => _held.Count;

    /// <summary>Shows a row; or several that are one record of a file and stay together whatever their prompts are, which count as one.</summary>
    /// <param name="rows">The row or rows, at least one.</param>
    /// <returns>A number to ask with.</returns>
    public int Add(params IReadOnlyCollection<DataRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return _groups.Add([.. rows.SelectMany(row => PromptKeys.Of(row, column)).Distinct()]);
    }

    /// <summary>Chooses what is held out: groups in the order of their hashes, each that still fits; at least one, and not all of them.</summary>
    /// <param name="rows">The most rows to hold out.</param>
    /// <returns>False where all rows are of one group, so that none can be held out.</returns>
    public bool HoldOut(double rows)
    {
        if (Groups < 2)
        {
            return false;
        }

        var ordered = _groups.All.OrderBy(group => Words.Mix(group.Key ^ Words.Mix(unchecked((ulong)seed)))).ToList();
        (_held, HeldOutRows) = ([], 0);
        foreach (var group in ordered)
        {
            if (HeldOutRows + group.Rows <= rows && _held.Count < Groups - 1)
            {
                _held.Add(group.Id);
                HeldOutRows += group.Rows;
            }
        }

        if (_held.Count == 0)
        {
            var smallest = ordered.MinBy(group => group.Rows);
            (_held, HeldOutRows) = ([smallest.Id], smallest.Rows);
        }

        return true;
    }

    /// <summary>Whether a row that was shown is held out.</summary>
    /// <param name="row">The row.</param>
    public bool IsHeldOut(DataRow row) => _held.Contains(_groups.Of(PromptKeys.Of(row, column).First()));

    /// <summary>Whether a row that was shown is held out.</summary>
    /// <param name="number">What <see cref="Add"/> gave.</param>
    public bool IsHeldOut(int number) => _held.Contains(_groups.GroupOf(number));

    /// <summary>What the row answers: its prompt up to the first answer in it, or its whole text. Conversations that begin alike, however they go on, have one prompt.</summary>
    public static string Prompt(DataRow row) => row switch
    {
        PromptCompletionRow r => Beginning(r.Prompt),
        PreferenceRow r => Beginning(r.Prompt),
        PromptRow r => Beginning(r.Prompt),
        UnpairedRow r => Beginning(r.Prompt),
        StepwiseRow r => Beginning(r.Prompt),
        RankedRow r => Beginning(r.Prompt),
        MessagesRow r => Beginning(new ChatContent(r.Messages)),
        TextRow r => r.Text,
        _ => throw new ArgumentException($"A {row.GetType().Name} has no prompt.", nameof(row)),
    };

    private static string Beginning(Content prompt) =>
        prompt is ChatContent chat ? new ChatContent([.. chat.Messages.TakeWhile(message => message.Role != Message.Assistant)]).ToString() : prompt.ToString()!;
}
