using Alignment.Data.Formats;
using Alignment.Data.Rows;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Formats;

/// <summary>PandaLM's test set (github WeOpenML/PandaLM, data/testset-v1.json): two responses to an instruction, and three people's verdicts (1, 2, or 0 for a tie).</summary>
internal static class PandaLmVotes
{
    public static IEnumerable<ImportedVote> Read(string path) => JsonRows.Read(path).SelectMany(row =>
    {
        var id = row.Columns.Text("idx");
        var input = row.Columns.Text("input");
        var models = row.Columns.Text("cmp_key")?.Split('_');
        var task = new ImportedVote
        {
            Where = row.Id,
            Task = id is null ? null : $"pandalm-{id}",
            Prompt = row.Columns.Text("instruction") is { Length: > 0 } instruction ? new PlainContent(string.IsNullOrEmpty(input) ? instruction : $"{instruction}\n\n{input}") : null,
            Answers = row.Columns.Answers(i => $"response{i + 1}"),
            Models = models is { Length: 2 } ? models : null,
        };
        return row.Columns.Where(pair => pair.Key.StartsWith("annotator", StringComparison.Ordinal)).Select(pair => task with
        {
            Where = $"{row.Id}, {pair.Key}",
            Annotator = pair.Key,
            Choice = pair.Value.Text() switch { "1" => Verdict.Of(0), "2" => Verdict.Of(1), "0" => Verdict.Tie, _ => null },
        });
    });
}
