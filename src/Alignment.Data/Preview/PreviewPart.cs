using System.Globalization;
using Alignment.Data.Collation;
using Alignment.Data.Rows;

namespace Alignment.Data.Preview;

/// <summary>A run of tokens of one row that is shown together.</summary>
internal sealed record PreviewPart(string Name, int[] Ids, bool[] Supervised)
{
    /// <summary>The row as training will see it.</summary>
    /// <exception cref="DataFormatException">The row cannot be used.</exception>
    public static IReadOnlyList<PreviewPart> Of(DataRow row, ExampleOptions options)
    {
        switch (row)
        {
            case PreferenceRow pair:
                var example = PreferenceExamples.Build([pair], options).Examples[0];
                return [Masked("prompt", example.Prompt, false), Masked("chosen", example.Chosen, true), Masked("rejected", example.Rejected, true)];
            case PromptRow prompt:
                return [Masked("prompt", PromptExamples.Build([prompt], options).Examples[0].Prompt, false)];
            default:
                var sequences = SupervisedExamples.Build([row], options with { Packing = Packing.None }).Examples;
                return [.. sequences.Select(sequence => new PreviewPart("tokens", sequence.Ids, sequence.Supervised))];
        }
    }

    /// <summary>Rows one by one, or packed; a row that cannot be used comes with its problem.</summary>
    public static IEnumerable<(string Id, IReadOnlyList<PreviewPart> Parts, string? Problem)> All(IEnumerable<DataRow> rows, ExampleOptions options)
    {
        if (options.Packing == Packing.None)
        {
            foreach (var row in rows)
            {
                yield return One(row.Id, () => Of(row, options));
            }

            yield break;
        }

        // Pairs and prompts are packed as they are in training: not at all.
        var given = rows.ToList();
        foreach (var row in given.Where(row => row is PreferenceRow or PromptRow))
        {
            yield return One(row.Id, () => Of(row, options));
        }

        if (options.Packing == Packing.Bfd)
        {
            foreach (var shown in SideBySide([.. given.Where(row => row is not (PreferenceRow or PromptRow))], options))
            {
                yield return shown;
            }

            yield break;
        }

        var (id, blocks, problem) = One("packed", () => [.. SupervisedExamples.Build(given.Where(row => row is not (PreferenceRow or PromptRow)), options).Examples
            .Select((block, i) => new PreviewPart($"block {i + 1}: {block.RowId}", block.Ids, block.Supervised))]);
        if (problem is not null)
        {
            yield return (id, [], problem);
        }

        foreach (var block in blocks)
        {
            yield return (block.Name, [block], null);
        }
    }

    /// <summary>Whole rows that share sequences: a part for each row, with the places that it takes; its positions begin at 0.</summary>
    private static IEnumerable<(string Id, IReadOnlyList<PreviewPart> Parts, string? Problem)> SideBySide(IReadOnlyList<DataRow> rows, ExampleOptions options)
    {
        var examples = new List<TokenExample>();
        foreach (var row in rows)
        {
            IReadOnlyList<TokenExample> made = [];
            var (id, _, problem) = One(row.Id, () =>
            {
                made = SupervisedExamples.Build([row], options with { Packing = Packing.None }).Examples;
                return [];
            });
            examples.AddRange(made);
            if (problem is not null)
            {
                yield return (id, [], problem);
            }
        }

        var number = 0;
        foreach (var bin in PackedExamples.Bins([.. examples.Select(example => example.Ids.Length)], options.MaxLength, seed: 0))
        {
            var parts = new List<PreviewPart>();
            var start = 0;
            foreach (var example in bin.Select(row => examples[row]))
            {
                parts.Add(new PreviewPart($"{example.RowId} at {start}-{start + example.Ids.Length - 1}", example.Ids, example.Supervised));
                start += example.Ids.Length;
            }

            yield return (string.Create(CultureInfo.InvariantCulture, $"sequence {++number} ({100.0 * start / options.MaxLength:F0} % of {options.MaxLength} tokens)"), parts, null);
        }
    }

    private static (string Id, IReadOnlyList<PreviewPart> Parts, string? Problem) One(string id, Func<IReadOnlyList<PreviewPart>> make)
    {
        try
        {
            return (id, make(), null);
        }
        catch (DataFormatException problem)
        {
            return (id, [], problem.Message);
        }
    }

    /// <summary>The supervised runs, first and last token of each counted from 0.</summary>
    public IEnumerable<(int First, int Last)> Spans()
    {
        for (var i = 0; i < Ids.Length; i++)
        {
            var first = i;
            while (i < Ids.Length && Supervised[i])
            {
                i++;
            }

            if (i > first)
            {
                yield return (first, i - 1);
            }
        }
    }

    private static PreviewPart Masked(string name, int[] ids, bool supervised)
    {
        var mask = new bool[ids.Length];
        mask.AsSpan().Fill(supervised);
        return new PreviewPart(name, ids, mask);
    }
}
