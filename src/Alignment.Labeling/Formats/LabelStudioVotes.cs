using System.Globalization;
using System.Text.Json.Nodes;
using Alignment.Data.Formats;
using Alignment.Data.Rows;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Formats;

/// <summary>Label Studio's JSON export: tasks with their annotations. JSON_MIN and CSV exports have lost annotator and time; they are refused.</summary>
internal static class LabelStudioVotes
{
    public static IEnumerable<ImportedVote> Read(string path) => JsonRows.Read(path).SelectMany(row => Task(row.Id, row.Columns));

    private static IEnumerable<ImportedVote> Task(string where, JsonObject columns)
    {
        if (columns["annotations"] is not JsonArray annotations || columns.Map("data") is not { } data)
        {
            throw new Data.DataFormatException(where, "the row has no 'annotations' and 'data'", "export as JSON, not as JSON_MIN, which loses who annotated and when");
        }

        var answers = data.Answers(i => $"answer{i + 1}") ?? data.Answers(i => $"answer_{i + 1}") ?? data.Answers(i => $"response{i + 1}");
        var task = new ImportedVote
        {
            Where = where,
            Task = data.Text(LabelStudioTasks.Task) ?? data.Text("pair_id") ?? (columns.Text("id") is { } id ? $"label-studio-{id}" : null),
            Prompt = data.Text(LabelStudioTasks.Prompt) is { Length: > 0 } prompt ? new PlainContent(prompt) : null,
            Answers = answers,
            Models = answers?.Select((_, i) => data.Text($"answer{i + 1}_src") ?? data.Text($"answer{i + 1}_model")).ToList(),
            Meta = [.. data.Where(pair => pair.Value is JsonValue && pair.Key != LabelStudioTasks.Prompt && !pair.Key.StartsWith("answer", StringComparison.Ordinal) && !pair.Key.StartsWith("response", StringComparison.Ordinal))
                .Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))],
        };
        return annotations.Count == 0 ? [task] : annotations.Select(annotation => Annotation(task, annotation));
    }

    private static ImportedVote Annotation(ImportedVote task, JsonNode? annotation)
    {
        var by = annotation.Map("completed_by") is { } person ? person.Text("email") ?? person.Text("id") : annotation.Text("completed_by");
        var where = $"{task.Where}, annotation {annotation.Text("id")}";
        string? side = null, verdict = null, comment = null;
        double? strength = null;
        JsonArray? ranking = null;
        foreach (var result in annotation.List("result"))
        {
            var value = result.Map("value");
            switch (result.Text("type"))
            {
                case "pairwise":
                    side = value.Text("selected");
                    break;
                case "choices":
                    verdict = value.List("choices").FirstOrDefault().Text();
                    break;
                case "ranker":
                    ranking = value?["ranker"] is JsonArray order ? order : value.Map("ranker")?[LabelStudioTasks.Ranked] as JsonArray;
                    break;
                case "rating":
                    strength = value.Number("rating");
                    break;
                case "textarea":
                    comment = value?["text"] is JsonArray lines ? string.Join('\n', lines.Select(line => line.Text())) : value.Text("text");
                    break;
            }
        }

        var skipped = annotation.Flag("was_cancelled");
        var ranked = ranking?.Select(item => Choice(null, item.Text())?.Choice ?? -1).ToArray();
        var isWhole = ranked?.Order().SequenceEqual(Enumerable.Range(0, task.Answers?.Count ?? 0)) == true;
        var choice = skipped ? Verdict.Skip : side is null && verdict is null && isWhole ? Verdict.Of(ranked![0]) : Choice(side, verdict);
        var isKept = isWhole && choice == Verdict.Of(ranked![0]);
        var problem = choice is not null ? null
            : side is null && verdict is null ? new ImportProblem(ImportProblemKind.MissingSide, where, "the annotation was handed in without a choice")
            : side is not null && verdict is not null ? new ImportProblem(ImportProblemKind.Invalid, where, $"the annotation says both '{side}' and '{verdict}'")
            : new ImportProblem(ImportProblemKind.Invalid, where, $"the annotation's choice is '{side ?? verdict}'; left, right, answer1 and so on, tie and both_bad are known");
        return task with
        {
            Where = where,
            Id = (annotation.Text("unique_id") ?? annotation.Text("id")) is { } id ? $"label-studio/{id}" : null,
            Annotator = by,
            Choice = choice,
            Ranking = isKept ? ranked : null,
            Lost = isKept || ranked is null or [] || choice?.Kind != VerdictKind.Choice ? null : new(ImportProblemKind.LostRanking, where,
                isWhole ? $"the ranking begins with another answer than the choice; only the choice was taken" : "not every answer is ranked; only the choice was taken"),
            Strength = strength is { } stars && choice?.Kind == VerdictKind.Choice ? (int)stars : null,
            Comment = string.IsNullOrEmpty(comment) ? null : comment,
            Seconds = annotation.Number("lead_time"),
            At = annotation.Time("created_at"),
            Problem = problem,
        };
    }

    private static Verdict? Choice(string? side, string? verdict) => (side, verdict) switch
    {
        ("left", null) => Verdict.Of(0),
        ("right", null) => Verdict.Of(1),
        (null, "tie") => Verdict.Tie,
        (null, "both_bad") => Verdict.BothBad,
        (null, { } name) when name.StartsWith(LabelStudioTasks.Answer, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(LabelStudioTasks.Answer.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 => Verdict.Of(number - 1),
        _ => null,
    };
}
