using System.Text.Json;
using Alignment.Data.Rows;
using Alignment.Data.Templates;

namespace Alignment.Data.Collation;

/// <summary>
/// Responses with labels to ids: <c>{"prompt", "completion", "label"}</c>, where label is true or 1 for a good response and false or 0 for a bad one. A pair is
/// taken apart into its better and its worse response; a tie says nothing about either and goes.
/// </summary>
public static class UnpairedExamples
{
    /// <summary>Makes one example a response.</summary>
    /// <param name="rows">Prompt-completion rows with a label, and pairs.</param>
    /// <param name="options">Tokenizer, template, length.</param>
    /// <exception cref="DataFormatException">A row is too long, has no label, or cannot be rendered.</exception>
    public static ExampleSet<UnpairedExample> Build(IEnumerable<DataRow> rows, ExampleOptions options)
    {
        var tokens = options.RowTokens;
        var gate = new OverflowGate(options);
        var examples = new List<UnpairedExample>();
        foreach (var rendered in ParallelRows.Map(rows, row => Render(row, tokens)))
        {
            foreach (var (row, prompt, completion, desirable) in rendered)
            {
                if (gate.Fit(row.Id, prompt.Length, completion.Length, tokens.LeastPrompt) is { } cut)
                {
                    examples.Add(new UnpairedExample(row.Id, SupervisedExamples.Cut(prompt, tokens.Head, cut), completion, desirable));
                }
            }
        }

        return gate.Close(examples);
    }

    private static (DataRow Row, int[] Prompt, int[] Completion, bool Desirable)[] Render(DataRow row, RowTokens tokens)
    {
        switch (row)
        {
            case PreferenceRow { Label: 0.5 }:
                return [];
            case PreferenceRow pair:
                var shared = tokens.Prompt(pair.Prompt, row.Id);
                return
                [
                    (row, shared, tokens.Response(shared, pair.Prompt, pair.Chosen, row.Id).Ids, pair.Label > 0.5),
                    (row, shared, tokens.Response(shared, pair.Prompt, pair.Rejected, row.Id).Ids, pair.Label < 0.5),
                ];
            case PromptCompletionRow single:
                var prompt = tokens.Prompt(single.Prompt, row.Id);
                return [(row, prompt, tokens.Response(prompt, single.Prompt, single.Completion, row.Id).Ids, Label(single))];
            default:
                throw new DataFormatException(row.Id, $"a {row.GetType().Name} is not one response with a label", "give prompt, completion and label");
        }
    }

    private static bool Label(DataRow row) => row.Columns["label"] is { } label
        ? label.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number when label.GetValue<double>() is 1 => true,
            JsonValueKind.Number when label.GetValue<double>() is 0 => false,
            _ => throw new DataFormatException(row.Id, $"'label' is {label.ToJsonString()}", "it must be true or 1 for a good completion, false or 0 for a bad one"),
        }
        : throw new DataFormatException(row.Id, "there is no column 'label'", "say with true or false whether the completion is good");
}
