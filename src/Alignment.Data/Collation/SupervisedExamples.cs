using Alignment.Data.Rows;
using Alignment.Data.Templates;

namespace Alignment.Data.Collation;

/// <summary>
/// Rows to sequences with a loss mask. Text: every token and the EOS. Prompt-completion: the completion and its EOS.
/// Messages: the assistant's turns, each with its EOS, and nothing between them; a row becomes several sequences where its template writes earlier
/// turns otherwise once more follows.
/// </summary>
public static class SupervisedExamples
{
    /// <summary>Makes one example a row, or blocks of text where <see cref="ExampleOptions.Packing"/> says so.</summary>
    /// <param name="rows">Text, messages and prompt-completion rows.</param>
    /// <param name="options">Tokenizer, template, length.</param>
    /// <exception cref="DataFormatException">A row is too long, has no supervised token, or is of another type.</exception>
    public static ExampleSet<TokenExample> Build(IEnumerable<DataRow> rows, ExampleOptions options)
    {
        var tokens = options.RowTokens;
        if (options.Packing == Packing.Wrapped)
        {
            return WrappedBlocks.Build(rows, tokens, options.MaxLength);
        }

        var gate = new OverflowGate(options);
        var examples = new List<TokenExample>();
        foreach (var (row, sequences) in ParallelRows.Map(rows, row => (row, Render(row, tokens))))
        {
            foreach (var (ids, spans) in sequences)
            {
                var supervised = Mask(ids.Length, spans);
                var first = Array.IndexOf(supervised, true);
                if (first < 0)
                {
                    throw new DataFormatException(row.Id, "the row has no supervised token, so there is nothing to learn", "give it an answer or remove it");
                }

                var least = row is TextRow ? first : tokens.LeastPrompt;
                if (gate.Fit(row.Id, first, ids.Length - first, least) is { } cut)
                {
                    examples.Add(new TokenExample(row.Id, Cut(ids, tokens.Head, cut), Cut(supervised, tokens.Head, cut)));
                }
            }
        }

        return gate.Close(examples);
    }

    /// <summary>Takes <paramref name="count"/> items out after the first <paramref name="head"/>.</summary>
    internal static T[] Cut<T>(T[] items, int head, int count) => count == 0 ? items : [.. items[..head], .. items[(head + count)..]];

    private static IReadOnlyList<RenderedChat> Render(DataRow row, RowTokens tokens)
    {
        switch (row)
        {
            case TextRow text:
                var all = tokens.Text(text.Text);
                return [new RenderedChat(all, [new TokenSpan(tokens.TextStart, all.Length)])];
            case MessagesRow chat:
                return tokens.Chat(new(chat.Messages) { Variables = chat.Variables }, row.Id);
            case PromptCompletionRow pair:
                var prompt = tokens.Prompt(pair.Prompt, row.Id);
                var (response, spans) = tokens.Response(prompt, pair.Prompt, pair.Completion, row.Id);
                return [new RenderedChat([.. prompt, .. response], [.. spans.Select(s => new TokenSpan(s.Start + prompt.Length, s.End + prompt.Length))])];
            default:
                throw new DataFormatException(row.Id, $"a {row.GetType().Name} cannot be trained on with supervision", "give text, messages or prompt and completion");
        }
    }

    private static bool[] Mask(int length, IReadOnlyList<TokenSpan> spans)
    {
        var supervised = new bool[length];
        foreach (var span in spans)
        {
            supervised.AsSpan(span.Start, span.Length).Fill(true);
        }

        supervised[0] = false;
        return supervised;
    }
}
