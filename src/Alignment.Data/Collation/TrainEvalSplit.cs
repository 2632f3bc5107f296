using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Alignment.Data.Rows;

namespace Alignment.Data.Collation;

/// <summary>Holds rows out for evaluation, all rows of one prompt together: a pure function of the rows and the seed, whatever their order.</summary>
public static class TrainEvalSplit
{
    /// <summary>
    /// Splits by prompt. Prompts are ordered by SHA-256 of seed and prompt; the first ones are held out until they have
    /// <paramref name="evalFraction"/> of the rows. Each side has at least one prompt and keeps the rows' order.
    /// </summary>
    /// <param name="rows">The rows.</param>
    /// <param name="evalFraction">Share of the rows to hold out, in (0, 1).</param>
    /// <param name="seed">Seed of the split.</param>
    /// <exception cref="DataFormatException">All rows share one prompt.</exception>
    public static (IReadOnlyList<T> Train, IReadOnlyList<T> Eval) ByPrompt<T>(IReadOnlyList<T> rows, double evalFraction, long seed)
        where T : DataRow
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Count, 1);
        if (evalFraction is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(evalFraction), evalFraction, "The fraction to hold out must lie between 0 and 1.");
        }

        var prompts = rows.GroupBy(Prompt).Select(g => (g.Key, Count: g.Count())).OrderBy(p => Hash(p.Key, seed), StringComparer.Ordinal).ToList();
        if (prompts.Count < 2)
        {
            throw new DataFormatException(rows[0].Id, $"all {rows.Count} rows share one prompt, so none can be held out", "give a file of evaluation rows or more data");
        }

        var wanted = evalFraction * rows.Count;
        var held = new HashSet<string>(StringComparer.Ordinal);
        for (var (i, count) = (0, 0); i < prompts.Count - 1 && (i == 0 || count + prompts[i].Count <= wanted); i++)
        {
            held.Add(prompts[i].Key);
            count += prompts[i].Count;
        }

        var parts = rows.ToLookup(r => held.Contains(Prompt(r)));
        return ([.. parts[false]], [.. parts[true]]);
    }

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

    private static string Hash(string prompt, long seed)
    {
        var bytes = new byte[8 + Encoding.UTF8.GetByteCount(prompt)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, seed);
        Encoding.UTF8.GetBytes(prompt, bytes.AsSpan(8));
        return Convert.ToHexString(SHA256.HashData(bytes));
    }
}
