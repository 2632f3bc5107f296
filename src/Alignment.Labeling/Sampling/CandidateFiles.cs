using System.Text.Json.Nodes;
using Alignment.Data;
using Alignment.Data.Formats;
using Alignment.Data.Rows;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Sampling;

/// <summary>
/// Answers from files. A row has a <c>prompt</c> and <c>response</c> (what <c>alignment generate --jsonl</c> writes), or <c>candidates</c> (a list of texts or of
/// <c>{"text", "model"}</c>), or <c>chosen</c> and <c>rejected</c>.
/// </summary>
public static class CandidateFiles
{
    private static readonly string[] Own = ["id", "prompt", "response", "candidates", "chosen", "rejected", "label", "margin", "model", "sample", "tokens", "finish", "logprob", "meta"];

    /// <summary>Reads a file into a pool.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">Who wrote answers of rows that do not say; null where nobody knows.</param>
    /// <param name="pool">Receives the answers.</param>
    /// <exception cref="DataFormatException">A row has none of the shapes.</exception>
    public static void Read(string path, string? model, CandidatePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        foreach (var row in JsonRows.Read(path))
        {
            var prompt = Text(row, "prompt");
            JsonObject meta = [.. row.Columns.Where(pair => !Own.Contains(pair.Key)).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))];
            foreach (var candidate in Candidates(row, row.Columns.Text("model") ?? model))
            {
                pool.Add(prompt, candidate, meta.Count > 0 ? meta : null);
            }
        }
    }

    private static IEnumerable<Candidate> Candidates(JsonRow row, string? model)
    {
        if (row.Columns["response"] is not null)
        {
            return [new Candidate(Answer(row, "response")) { Model = model }];
        }

        if (row.Columns["candidates"] is JsonArray list)
        {
            return list.Select((item, i) => item is JsonValue
                ? new Candidate(item.Text()!) { Model = model }
                : new Candidate(item.Text("text") ?? throw Wrong(row, $"candidate {i} has no text")) { Model = item.Text("model") ?? model });
        }

        return row.Columns["chosen"] is not null && row.Columns["rejected"] is not null
            ? [
                new Candidate(Answer(row, "chosen")) { Model = row.Columns.Map("meta").Text("chosen_model") ?? model },
                new Candidate(Answer(row, "rejected")) { Model = row.Columns.Map("meta").Text("rejected_model") ?? model },
            ]
            : throw Wrong(row, $"the row has no 'response', 'candidates' or 'chosen' and 'rejected' (columns: {string.Join(", ", row.Columns.Select(pair => pair.Key))})");
    }

    /// <summary>An answer: text, or a list of one message.</summary>
    internal static string Answer(JsonRow row, string column) => Text(row, column) switch
    {
        PlainContent plain => plain.Text,
        ChatContent { Messages: [var only] } => only.Content,
        _ => throw Wrong(row, $"'{column}' has several messages"),
    };

    /// <summary>A column that holds text or messages.</summary>
    internal static Content Text(JsonRow row, string column) => row.Columns[column] is { } node
        ? System.Text.Json.JsonSerializer.Deserialize<Content>(node, LabelJson.Line)!
        : throw Wrong(row, $"the row has no '{column}'");

    private static DataFormatException Wrong(JsonRow row, string what) => new(row.Id, what, "see 'Candidates' in docs/labelling.md");
}
