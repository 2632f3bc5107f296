using Alignment.Data.Formats;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Formats;

/// <summary>Votes in our own format: the keys of <see cref="Vote"/>, of which only <c>task</c> and <c>choice</c> must be there.</summary>
public static class JsonlVotes
{
    internal static IEnumerable<ImportedVote> Read(string path) => JsonRows.Read(path).Select(row =>
    {
        var line = LabelJson.Read<Row>(row.Columns, row.Id);
        return new ImportedVote
        {
            Where = row.Id,
            Id = line.Id,
            Task = line.Task,
            Annotator = line.Annotator,
            Choice = line.Choice,
            Ranking = line.Ranking,
            Strength = line.Strength,
            Comment = line.Comment,
            Seconds = line.Seconds,
            At = line.At,
            Shown = line.Shown,
            Adjudication = line.Adjudication,
        };
    });

    /// <summary>Votes as lines; reading them gives the same ones.</summary>
    /// <param name="votes">The votes.</param>
    public static string Write(IEnumerable<Vote> votes) => string.Concat(votes.Select(vote => LabelJson.Write(vote) + "\n"));

    private sealed record Row
    {
        public string? Id { get; init; }

        public required string Task { get; init; }

        public string? Annotator { get; init; }

        public required Verdict Choice { get; init; }

        public IReadOnlyList<int>? Ranking { get; init; }

        public int? Strength { get; init; }

        public string? Comment { get; init; }

        public double? Seconds { get; init; }

        public DateTimeOffset? At { get; init; }

        public IReadOnlyList<int>? Shown { get; init; }

        public bool Adjudication { get; init; }

        public string? Origin { get; init; }
    }
}
