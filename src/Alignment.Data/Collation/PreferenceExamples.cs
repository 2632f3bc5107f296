using Alignment.Data.Rows;
using Alignment.Data.Templates;

namespace Alignment.Data.Collation;

/// <summary>Pairs to ids. Both sides keep one and the same prompt, cut by what the longer side needs.</summary>
public static class PreferenceExamples
{
    /// <summary>Makes one example a pair.</summary>
    /// <exception cref="DataFormatException">A pair is too long, its sides become the same ids, or it cannot be rendered.</exception>
    public static ExampleSet<PreferenceExample> Build(IEnumerable<PreferenceRow> rows, ExampleOptions options)
    {
        var tokens = options.RowTokens;
        var gate = new OverflowGate(options);
        var examples = new List<PreferenceExample>();
        foreach (var (row, prompt, chosen, rejected) in ParallelRows.Map(rows, row => Render(row, tokens)))
        {
            if (chosen.AsSpan().SequenceEqual(rejected))
            {
                throw new DataFormatException(row.Id, "'chosen' and 'rejected' become the same tokens", "they differ only in what the tokenizer leaves out: remove the row");
            }

            if (gate.Fit(row.Id, prompt.Length, Math.Max(chosen.Length, rejected.Length), tokens.LeastPrompt) is { } cut)
            {
                examples.Add(new PreferenceExample(row.Id, SupervisedExamples.Cut(prompt, tokens.Head, cut), chosen, rejected, row.Margin, row.Label));
            }
        }

        return gate.Close(examples);
    }

    private static (PreferenceRow Row, int[] Prompt, int[] Chosen, int[] Rejected) Render(PreferenceRow row, RowTokens tokens)
    {
        var prompt = tokens.Prompt(row.Prompt, row.Id);
        return (row, prompt, tokens.Response(prompt, row.Prompt, row.Chosen, row.Id).Ids, tokens.Response(prompt, row.Prompt, row.Rejected, row.Id).Ids);
    }
}
