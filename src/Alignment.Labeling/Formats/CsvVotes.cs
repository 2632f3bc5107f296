using System.Globalization;
using Alignment.Data;
using Alignment.Data.Rows;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Formats;

/// <summary>A filled-in spreadsheet (<see cref="CsvTasks"/>). Columns are found by name; further ones are passed over.</summary>
internal static class CsvVotes
{
    private static readonly Dictionary<string, string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["left"] = "0",
        ["right"] = "1",
        ["a"] = "0",
        ["b"] = "1",
        ["tie"] = "tie",
        ["both_bad"] = "both_bad",
        ["both bad"] = "both_bad",
        ["skip"] = "skip",
    };

    public static IEnumerable<ImportedVote> Read(string path)
    {
        var columns = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var (line, cells) in CsvFile.Read(path))
        {
            var where = $"{path}:{line}";
            if (columns.Count == 0)
            {
                foreach (var (i, name) in cells.Index())
                {
                    columns.TryAdd(name.Trim(), i);
                }

                if (!columns.ContainsKey(CsvTasks.Task) || !columns.ContainsKey(CsvTasks.Choice))
                {
                    throw new DataFormatException(where, $"there is no column '{(columns.ContainsKey(CsvTasks.Task) ? CsvTasks.Choice : CsvTasks.Task)}' (columns: {string.Join(", ", columns.Keys)})",
                        "the first line must name the columns, as 'alignment label export --to csv' writes them");
                }
            }
            else if (cells.Any(cell => !string.IsNullOrWhiteSpace(cell)))
            {
                yield return Vote(where, name => columns.TryGetValue(name, out var i) && i < cells.Count && !string.IsNullOrWhiteSpace(cells[i]) ? cells[i] : null);
            }
        }
    }

    private static ImportedVote Vote(string where, Func<string, string?> cell)
    {
        List<string> answers = [];
        while (cell($"{CsvTasks.Answer}{answers.Count + 1}") is { } answer)
        {
            answers.Add(answer);
        }

        List<string> problems = [];
        var ranking = Ranking(cell(CsvTasks.Ranking), problems);
        var choice = Choice(cell(CsvTasks.Choice), problems) ?? (ranking is null ? null : Verdict.Of(ranking[0]));
        var vote = new ImportedVote
        {
            Where = where,
            Task = cell(CsvTasks.Task)?.Trim(),
            Prompt = cell(CsvTasks.Prompt) is { } prompt ? new PlainContent(prompt) : null,
            Answers = answers.Count >= 2 ? answers : null,
            Annotator = cell(CsvTasks.Annotator)?.Trim(),
            Choice = choice,
            Ranking = ranking,
            Strength = Number(cell(CsvTasks.Strength), CsvTasks.Strength, problems) is { } strength ? (int)strength : null,
            Comment = cell(CsvTasks.Comment),
            Seconds = Number(cell(CsvTasks.Seconds), CsvTasks.Seconds, problems),
            At = JsonRead.Time(cell(CsvTasks.At)),
        };
        return problems.Count == 0 ? vote : vote with { Problem = new(ImportProblemKind.Invalid, where, string.Join("; ", problems)) };
    }

    private static Verdict? Choice(string? text, List<string> problems)
    {
        if (text?.Trim() is not { Length: > 0 } word)
        {
            return null;
        }

        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1)
        {
            return Verdict.Of(number - 1);
        }

        if (Words.TryGetValue(word, out var known) && Verdict.TryParse(known, out var verdict))
        {
            return verdict;
        }

        problems.Add($"the choice is '{word}'; it is the number of an answer from 1, tie, both_bad or skip");
        return null;
    }

    // Spreadsheets make a date of 2-1-3, so other separators are taken too.
    private static int[]? Ranking(string? text, List<string> problems)
    {
        if (text is null)
        {
            return null;
        }

        List<int> ranking = [];
        foreach (var place in text.Split(['>', ' ', ',', ';', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
            {
                ranking.Clear();
                break;
            }

            ranking.Add(number - 1);
        }

        if (ranking.Count == 0)
        {
            problems.Add($"the ranking is '{text.Trim()}'; it is the numbers of all answers from the best to the worst, such as 2 > 1 > 3");
            return null;
        }

        return [.. ranking];
    }

    private static double? Number(string? text, string column, List<string> problems)
    {
        if (text is null)
        {
            return null;
        }

        if (double.TryParse(text.Trim().Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) && (column != CsvTasks.Strength || (number == Math.Floor(number) && Math.Abs(number) < 100)))
        {
            return number;
        }

        problems.Add($"{column} is '{text.Trim()}', which is no {(column == CsvTasks.Strength ? "whole " : "")}number");
        return null;
    }
}
