using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>UltraFeedback's rated lists (huggingface openbmb/UltraFeedback): an instruction, and completions of model, response and scores.</summary>
internal sealed class UltraFeedbackFormat : DataFormat
{
    private static readonly string[] Scores = ["overall_score", "fine-grained_score", "score", "rating"];

    public override string Name => "ultrafeedback";

    public override string About => "instruction (or prompt), completions of response, model, overall_score";

    public override RowTypes Gives => RowTypes.Ranked;

    public override RowTypes Takes => RowTypes.Ranked | RowTypes.Preference;

    internal override string? Recognise(JsonObject row) =>
        Asked(row) is { } column && row["completions"] is JsonArray { Count: > 0 } list && list.All(item => (item as JsonObject)?["response"] is not null) ? $"{column} and completions of response" : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var cells = new Cells(row, id);
        var column = Asked(row)!;
        var prompt = cells.Content(column) is PlainContent { Text: var text } ? Dialog.Prompt(text) : cells.Content(column);
        List<RankedResponse> responses = [];
        var others = new JsonArray();
        foreach (var item in cells.List("completions"))
        {
            var one = new Cells(item as JsonObject ?? throw new DataFormatException(id, "an item of 'completions' is no object", "give response and overall_score"), id);
            var score = Scores.Select(name => one.Number(name, textToo: true)).FirstOrDefault(number => number is not null);
            responses.Add(new RankedResponse(Dialog.Answer(one.Text("response")), score, Model: one.Word("model")));
            others.Add(new JsonObject(item!.AsObject().Where(pair => pair.Key is not "response").Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))));
        }

        return [new RankedRow(prompt, responses) { Id = id, Columns = row, Known = [column, "completions"], Facts = new JsonObject { ["completions"] = others } }];
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var ranked = row as RankedRow ?? RowAdapter.Ranked((PreferenceRow)row);
        if (Dialog.Single(ranked.Prompt) is not { System: null } prompt || ranked.Responses.Any(response => Dialog.Text(response.Content) is null))
        {
            remarks.Add("left out: the prompt or a response is more than one message of text", row.Id);
            return null;
        }

        if (ranked.Responses.Any(response => response.Score is null))
        {
            remarks.Add("note: ranks became scores, 0 and below", row.Id);
        }

        var kept = meta["completions"] as JsonArray;
        meta.Remove("completions");
        return new JsonObject
        {
            ["instruction"] = prompt.Text,
            ["completions"] = new JsonArray([.. ranked.Responses.Select((response, i) =>
            {
                var item = kept?.Count == ranked.Responses.Count ? kept[i]!.DeepClone().AsObject() : [];
                item["response"] = Dialog.Text(response.Content);
                item["model"] ??= response.Model;
                item["overall_score"] ??= response.Score ?? -RowAdapter.RankOf(response, ranked);
                return item;
            })]),
        };
    }

    private static string? Asked(JsonObject row) => Array.Find(["instruction", "prompt"], column => row[column] is not null);
}
