namespace Alignment.Data.Rows;

/// <summary>Sequences that a model is to score in one pass: one of a text row, or a batch as it stands in the file. All have T tokens.</summary>
public sealed record ScoreRow
{
    /// <summary>Where the row stands; see <see cref="DataRow.Id"/>.</summary>
    public required string Id { get; init; }

    /// <summary>Token ids, B lists of T.</summary>
    public required IReadOnlyList<int[]> Ids { get; init; }

    /// <summary>Whether the file gives a list of sequences; results then are lists too.</summary>
    public bool IsBatch { get; init; }

    /// <summary>Whether the ids were made here, from text.</summary>
    public bool IsTokenized { get; init; }

    /// <summary>Which tokens are real, B lists of T; null = all.</summary>
    public IReadOnlyList<bool[]>? Real { get; init; }

    /// <summary>Position of each token, B lists of T; null = the model's own way to count.</summary>
    public IReadOnlyList<int[]>? Positions { get; init; }

    /// <summary>The segment of each token (BERT's <c>token_type_ids</c>), B lists of T; null = 0.</summary>
    public IReadOnlyList<int[]>? TypeIds { get; init; }

    /// <summary>The token that each place should hold, predicted from the place before it, B lists of T; <see cref="NotCounted"/> leaves a place out. Null = none given.</summary>
    public IReadOnlyList<int[]>? Labels { get; init; }

    /// <summary>For classifiers: each sequence's class, its number, or a 0 or 1 for every class. Null = none given.</summary>
    public IReadOnlyList<double[]>? ClassLabels { get; init; }

    /// <summary>The label of a place that does not count.</summary>
    public const int NotCounted = -100;

    /// <summary>Whether a place holds a real token.</summary>
    /// <param name="sequence">0 to B − 1.</param>
    /// <param name="place">0 to T − 1.</param>
    public bool IsReal(int sequence, int place) => Real is null || Real[sequence][place];
}
