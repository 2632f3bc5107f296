using Alignment.Data.Rows;
using Alignment.Training.Runs;
using Serilog;

namespace Alignment.Dpo;

/// <summary>
/// Labelled responses in the form of pairs, so that one forward pass, one reference file and one cache serve both: the chosen side is the
/// response itself (label 1 or 0), the rejected side a response to another prompt, from which KTO estimates its KL.
/// </summary>
internal static class UnpairedRows
{
    /// <summary>Gives each response the nearest earlier one that answers another prompt, the last ones coming before the first.</summary>
    /// <param name="examples">In the order of the files.</param>
    /// <param name="maxLength">A response that is too long beside the other prompt is cut.</param>
    /// <exception cref="InvalidDataException">All prompts are the same.</exception>
    public static IReadOnlyList<PreferenceExample> Of(IReadOnlyList<UnpairedExample> examples, int maxLength)
    {
        var rows = new PreferenceExample[examples.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            var example = examples[i];
            var room = Math.Max(1, maxLength - example.Prompt.Length);
            var other = Earlier(examples, i).Completion;
            rows[i] = new(example.RowId, example.Prompt, example.Completion, other.Length > room ? other[..room] : other, Margin: 0, Label: example.Desirable ? 1 : 0);
        }

        return rows;
    }

    /// <summary>Says which weights would balance the two kinds of responses, where they are far from it (KTO's paper, Eq. 8).</summary>
    /// <param name="rows">What is trained on.</param>
    /// <param name="options">The weights.</param>
    /// <param name="session">Takes the counts.</param>
    public static void Balance(IReadOnlyList<PreferenceExample> rows, DpoOptions options, StageSession session)
    {
        var good = rows.Count(row => row.Label == 1);
        var bad = rows.Count - good;
        session.Count("train/desirable", good);
        session.Count("train/undesirable", bad);
        Warn(good, bad, options, session.Log);
    }

    private static void Warn(int good, int bad, DpoOptions options, ILogger log)
    {
        var ratio = options.DesirableWeight * good / Math.Max(1e-9, options.UndesirableWeight * bad);
        if (options.Unpaired == UnpairedLossKind.Kto && ratio is < 1 or > 4.0 / 3)
        {
            log.Warning(
                "{Good} good and {Bad} bad responses: desirable_weight × good / (undesirable_weight × bad) is {Ratio:0.00}; KTO's authors want 1 to 1.33, for instance desirable_weight {Weight:0.00}",
                good, bad, ratio, options.UndesirableWeight * bad / Math.Max(1, good));
        }
    }

    private static UnpairedExample Earlier(IReadOnlyList<UnpairedExample> examples, int row)
    {
        for (var back = 1; back < examples.Count; back++)
        {
            var other = examples[(row - back + examples.Count) % examples.Count];
            if (!other.Prompt.AsSpan().SequenceEqual(examples[row].Prompt))
            {
                return other;
            }
        }

        throw new InvalidDataException($"{examples[row].RowId}: all rows have one and the same prompt; the KL is estimated on responses to other prompts, so give rows with at least two prompts");
    }
}
