using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>
/// FineGrainedRLHF's preferences (github allenai/FineGrainedRLHF, qa_feedback): a question with passages, K predictions, and one verdict for each pair of them in the order (1,2), (1,3), ..., (K−1,K):
/// 1 or 2 for the better one of the pair, 0 for a tie.
/// </summary>
internal sealed class FineGrainedFormat : DataFormat
{
    private const string Prediction = "prediction ";

    public override string Name => "fine-grained";

    public override string About => "question, passages, prediction 1, prediction 2, ..., preference (a list of 0, 1, 2 over all pairs)";

    public override RowTypes Gives => RowTypes.Preference;

    public override RowTypes Takes => RowTypes.Ranked | RowTypes.Preference;

    internal override string? Recognise(JsonObject row) => row["preference"] is JsonArray ? HasColumns(row, "question", Prediction + 1, Prediction + 2) is { } found ? $"{found}, preference" : null : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var cells = new Cells(row, id);
        List<string> names = [];
        while (row[string.Create(CultureInfo.InvariantCulture, $"{Prediction}{names.Count + 1}")] is not null)
        {
            names.Add(string.Create(CultureInfo.InvariantCulture, $"{Prediction}{names.Count + 1}"));
        }

        var verdicts = cells.List("preference");
        if (verdicts.Count != names.Count * (names.Count - 1) / 2)
        {
            throw new DataFormatException(id, $"there are {verdicts.Count} verdicts on {names.Count} predictions", $"give one for each of the {names.Count * (names.Count - 1) / 2} pairs");
        }

        var prompt = Dialog.Prompt(Question(row, cells, id));
        IReadOnlyCollection<string> known = ["question", "passages", "preference", .. names];
        var next = 0;
        for (var i = 0; i < names.Count; i++)
        {
            for (var j = i + 1; j < names.Count; j++)
            {
                var verdict = new Cells(new JsonObject { ["preference"] = verdicts[next++]?.DeepClone() }, id).Number("preference");
                if (verdict is not (0 or 1 or 2))
                {
                    throw new DataFormatException(id, $"a verdict is {verdict?.ToString(CultureInfo.InvariantCulture) ?? "null"}", "it must be 0, 1 or 2");
                }

                var (better, worse) = verdict == 2 ? (j, i) : (i, j);
                var facts = new JsonObject { [RowMeta.Group] = RowMeta.GroupOf(prompt), [RowMeta.ChosenPosition] = verdict == 2 ? 2 : 1, ["chosen_prediction"] = better + 1, ["rejected_prediction"] = worse + 1 };
                yield return new PreferenceRow(prompt, Dialog.Answer(cells.Text(names[better])), Dialog.Answer(cells.Text(names[worse])), Label: verdict == 0 ? 0.5 : 1)
                {
                    Id = string.Create(CultureInfo.InvariantCulture, $"{id}#{i + 1}-{j + 1}"),
                    Columns = row,
                    Known = known,
                    Facts = facts,
                };
            }
        }
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var chosenIsFirst = row is not PreferenceRow || VotedPair.TakeChosenPosition(meta) != 2;
        var ranked = row as RankedRow ?? RowAdapter.Ranked((PreferenceRow)row);
        IReadOnlyList<RankedResponse> responses = chosenIsFirst ? ranked.Responses : [.. ranked.Responses.Reverse()];
        var texts = responses.Select(response => Dialog.Text(response.Content)).ToList();
        if (Dialog.Single(ranked.Prompt) is not { System: null } prompt || texts.Count < 2 || texts.Contains(null))
        {
            remarks.Add("left out: there is one response, or the prompt or a response is more than one message of text", row.Id);
            return null;
        }

        var to = new JsonObject { ["question"] = prompt.Text };
        var verdicts = new JsonArray();
        for (var i = 0; i < responses.Count; i++)
        {
            to[string.Create(CultureInfo.InvariantCulture, $"{Prediction}{i + 1}")] = texts[i];
            for (var j = i + 1; j < responses.Count; j++)
            {
                if (responses[i].BetterThan(responses[j]) is not { } lead)
                {
                    remarks.Add("left out: two responses that nobody compared", row.Id);
                    return null;
                }

                verdicts.Add((JsonNode)(lead == 0 ? 0 : lead > 0 ? 1 : 2));
            }
        }

        to["preference"] = verdicts;
        return to;
    }

    /// <summary>The passages, each a title and sentences of which the first repeats the title, and the question below them.</summary>
    private static string Question(JsonObject row, Cells cells, string id)
    {
        var text = new StringBuilder();
        foreach (var passage in row["passages"] is null ? [] : cells.List("passages"))
        {
            if (passage is not JsonArray { Count: > 0 } sentences)
            {
                throw new DataFormatException(id, "a passage is no list of texts", "give [title, sentence, sentence, ...]");
            }

            text.AppendJoin(' ', sentences.Skip(sentences.Count > 1 ? 1 : 0).Select(sentence => sentence?.ToString())).Append("\n\n");
        }

        return text.Append(cells.Text("question")).ToString();
    }
}
