using Alignment.Data.Collation;
using Alignment.Data.Rows;

namespace Alignment.Data.Audit;

/// <summary>Tokens of rows, how many of them are learned, and how many are beyond what training takes.</summary>
/// <param name="options">How rows become tokens.</param>
/// <param name="most">The most tokens that training takes.</param>
internal sealed class TokenCounts(ExampleOptions options, int most)
{
    private readonly ExampleOptions _options = options with { MaxLength = int.MaxValue, Overflow = Overflow.Error, Packing = Packing.None };

    /// <summary>Tokens of each sequence.</summary>
    public Histogram Lengths { get; } = new("tokens of a sequence");

    /// <summary>Learned tokens.</summary>
    public long Supervised { get; private set; }

    /// <summary>Tokens beyond the most.</summary>
    public long Lost { get; private set; }

    /// <summary>Counts a row that passed the rules of training.</summary>
    /// <returns>The longest of its sequences; 0 where its type has none.</returns>
    /// <exception cref="DataFormatException">It cannot become tokens.</exception>
    public int Add(DataRow row)
    {
        var longest = 0;
        foreach (var (length, supervised) in Sequences(row))
        {
            Lengths.Add(length);
            Supervised += supervised;
            Lost += Math.Max(0, length - most);
            longest = Math.Max(longest, length);
        }

        return longest;
    }

    private IEnumerable<(int Length, int Supervised)> Sequences(DataRow row)
    {
        switch (row)
        {
            case PreferenceRow pair:
                var example = PreferenceExamples.Build([pair], _options).Examples[0];
                return [(example.Prompt.Length + example.Chosen.Length, example.Chosen.Length), (example.Prompt.Length + example.Rejected.Length, example.Rejected.Length)];
            case PromptRow prompt:
                return [(PromptExamples.Build([prompt], _options).Examples[0].Prompt.Length, 0)];
            case UnpairedRow one:
                return Sequences(new PromptCompletionRow(one.Prompt, one.Completion) { Id = row.Id });
            case RankedRow or StepwiseRow:
                return [];
            default:
                return SupervisedExamples.Build([row], _options).Examples.Select(one => (one.Ids.Length, one.Supervised.Count(learned => learned)));
        }
    }
}
