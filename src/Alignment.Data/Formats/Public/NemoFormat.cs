using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>NeMo RL's ranked completions (its docs/guides/dpo.md): <c>context</c> and <c>completions</c> of <c>rank</c> (0 is the best) and <c>completion</c>.</summary>
internal sealed class NemoFormat : DataFormat
{
    private static readonly string[] Known = ["context", "completions"];

    public override string Name => "nemo";

    public override string About => "context, completions of rank (0 is the best) and completion";

    public override RowTypes Gives => RowTypes.Ranked;

    public override RowTypes Takes => RowTypes.Ranked | RowTypes.Preference;

    internal override string? Recognise(JsonObject row) =>
        row["context"] is not null && row["completions"] is JsonArray list && list.Count > 0 && list.All(item => (item as JsonObject)?["rank"] is not null && item["completion"] is not null)
            ? "context and completions of rank and completion" : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var cells = new Cells(row, id);
        var responses = cells.List("completions").Select(item => new Cells(item as JsonObject ?? throw new DataFormatException(id, "an item of 'completions' is no object", "give rank and completion"), id))
            .Select(item => new RankedResponse(item.Content("completion") is PlainContent text ? Dialog.Answer(text.Text) : item.Content("completion"), Rank: Rank(item, id))).ToList();
        var prompt = cells.Content("context") is PlainContent asked ? Dialog.Prompt(asked.Text) : cells.Content("context");
        return [new RankedRow(prompt, responses) { Id = id, Columns = row, Known = Known }];
    }

    internal override JsonObject Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var ranked = row as RankedRow ?? RowAdapter.Ranked((PreferenceRow)row);
        return new JsonObject
        {
            ["context"] = Messages(ranked.Prompt, Message.User),
            ["completions"] = new JsonArray([.. ranked.Responses.Select(response => new JsonObject
            {
                ["rank"] = RowAdapter.RankOf(response, ranked),
                ["completion"] = Messages(response.Content, Message.Assistant),
            })]),
        };
    }

    private static int Rank(Cells item, string id) => item.Number("rank") is { } rank && rank == Math.Floor(rank) && Math.Abs(rank) < 1e6
        ? (int)rank
        : throw new DataFormatException(id, "a completion's 'rank' is no whole number", "0 is the best");

    private static JsonArray Messages(Content content, string role) => MessageJson.Of(content is ChatContent chat ? chat.Messages : [new Message(role, content.ToString()!)]);
}
