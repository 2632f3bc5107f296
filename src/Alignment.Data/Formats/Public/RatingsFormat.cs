using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>One response with a number that says how good it is.</summary>
internal sealed class RatingsFormat : DataFormat
{
    private static readonly string[] Prompts = ["prompt", "instruction", "question"];
    private static readonly string[] Responses = ["response", "completion", "output", "answer"];
    private static readonly string[] Scores = ["score", "rating", "reward", "overall_score", "helpfulness", "label"];

    public override string Name => "ratings";

    public override string About => "prompt, response, score (or rating, reward, helpfulness)";

    public override RowTypes Gives => RowTypes.Ranked;

    public override RowTypes Takes => RowTypes.Ranked;

    internal override string? Recognise(JsonObject row) => Of(row) is var (prompt, response, score) ? $"columns {prompt}, {response} and the number {score}" : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var (prompt, response, score) = Of(row) ?? throw new DataFormatException(id, "there is no prompt with a response and a number", "name the columns with --map");
        var cells = new Cells(row, id);
        var asked = cells.Content(prompt) is PlainContent text ? Dialog.Prompt(text.Text) : cells.Content(prompt);
        var answered = cells.Content(response) is PlainContent answer ? Dialog.Answer(answer.Text) : cells.Content(response);
        return [new RankedRow(asked, [new RankedResponse(answered, cells.Number(score))]) { Id = id, Columns = row, Known = [prompt, response, score] }];
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var ranked = (RankedRow)row;
        if (ranked.Responses is not [{ Score: { } score } only])
        {
            remarks.Add("left out: there is not one response with a score", row.Id);
            return null;
        }

        return new JsonObject { ["prompt"] = MessageJson.Of(ranked.Prompt), ["response"] = MessageJson.Of(only.Content), ["score"] = score };
    }

    private static (string Prompt, string Response, string Score)? Of(JsonObject row) =>
        Array.Find(Prompts, column => row[column] is JsonArray or JsonValue) is { } prompt
        && Array.Find(Responses, column => row[column] is JsonArray or JsonValue) is { } response
        && Array.Find(Scores, column => row[column]?.GetValueKind() == JsonValueKind.Number) is { } score ? (prompt, response, score) : null;
}
