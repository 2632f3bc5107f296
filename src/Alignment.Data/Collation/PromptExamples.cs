using Alignment.Data.Rows;

namespace Alignment.Data.Collation;

/// <summary>Prompts to ids.</summary>
public static class PromptExamples
{
    /// <summary>Makes one example a prompt. <see cref="ExampleOptions.MaxLength"/> is what the context leaves once the response has its share.</summary>
    /// <exception cref="DataFormatException">A prompt is too long or cannot be rendered.</exception>
    public static ExampleSet<PromptExample> Build(IEnumerable<PromptRow> rows, ExampleOptions options)
    {
        var tokens = options.RowTokens;
        var gate = new OverflowGate(options);
        var examples = new List<PromptExample>();
        foreach (var (row, prompt) in ParallelRows.Map(rows, row => (row, tokens.Prompt(row.Prompt, row.Id))))
        {
            if (gate.Fit(row.Id, prompt.Length, 0, tokens.LeastPrompt) is { } cut)
            {
                examples.Add(new PromptExample(row.Id, SupervisedExamples.Cut(prompt, tokens.Head, cut), row.Columns) { Text = row.Prompt.ToString()! });
            }
        }

        return gate.Close(examples);
    }
}
