using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Collation;

/// <summary>
/// Prompts with the columns <c>choices</c> (at least two different texts) and either <c>choice</c> (index of the right one, from 0) or <c>answer</c>
/// (its text) to ids.
/// </summary>
public static class ChoiceExamples
{
    /// <summary>Makes one example a prompt. A prompt is never cut: it would be cut differently for each choice.</summary>
    /// <exception cref="DataFormatException">A column is missing or wrong, or a row is too long.</exception>
    public static ExampleSet<ChoiceExample> Build(IEnumerable<PromptRow> rows, ExampleOptions options)
    {
        var tokens = options.RowTokens;
        var gate = new OverflowGate(options with { Overflow = options.Overflow == Overflow.Drop ? Overflow.Drop : Overflow.Error });
        var examples = new List<ChoiceExample>();
        foreach (var row in rows)
        {
            var texts = Choices(row);
            var answer = Answer(row, texts);
            var prompt = tokens.Prompt(row.Prompt, row.Id);
            int[][] choices = [.. texts.Select(text => tokens.Response(prompt, row.Prompt, text, row.Id)).Select(response => response.Ids[..response.AssistantSpans[^1].End])];
            if (gate.Fit(row.Id, prompt.Length, choices.Max(choice => choice.Length), tokens.LeastPrompt) is not null)
            {
                examples.Add(new ChoiceExample(row.Id, prompt, choices, answer));
            }
        }

        return gate.Close(examples);
    }

    private static string[] Choices(PromptRow row)
    {
        var found = row.Columns["choices"] is JsonArray list
            ? list.Select(item => item?.GetValueKind() == JsonValueKind.String ? item.GetValue<string>() : null).ToArray()
            : throw Wrong(row, "choices", row.Columns.ContainsKey("choices") ? "is not a list" : "is missing");
        string[] texts = [.. found.OfType<string>().Where(text => !string.IsNullOrWhiteSpace(text))];
        return texts.Length == found.Length && texts.Length >= 2 && texts.Distinct(StringComparer.Ordinal).Count() == texts.Length
            ? texts
            : throw Wrong(row, "choices", "does not hold at least two different texts, none empty");
    }

    private static int Answer(PromptRow row, string[] choices)
    {
        if (row.Columns.TryGetPropertyValue("choice", out var index))
        {
            return index is JsonValue value && value.TryGetValue<int>(out var number) && number >= 0 && number < choices.Length
                ? number
                : throw Wrong(row, "choice", $"is {index?.ToJsonString() ?? "null"}, not an index from 0 to {choices.Length - 1}");
        }

        if (!row.Columns.TryGetPropertyValue("answer", out var answer))
        {
            throw new DataFormatException(row.Id, "neither column 'choice' nor 'answer' is there", "give choice, the index of the right one among choices, or answer, its text");
        }

        var place = answer?.GetValueKind() == JsonValueKind.String ? Array.IndexOf(choices, answer.GetValue<string>()) : -1;
        return place >= 0 ? place : throw Wrong(row, "answer", $"is {answer?.ToJsonString() ?? "null"}, which is none of the choices");
    }

    private static DataFormatException Wrong(PromptRow row, string column, string what) =>
        new(row.Id, $"column '{column}' {what}", "a row of choices holds prompt, choices (texts), and choice (index of the right one) or answer (its text)");
}
