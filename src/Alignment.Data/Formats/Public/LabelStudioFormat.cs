using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>Label Studio's JSON export of a pairwise project: a task with prompt, answer1 and answer2, and people's annotations. Cancelled annotations do not count.</summary>
internal sealed class LabelStudioFormat : DataFormat
{
    private static readonly string[] Known = ["data", "annotations"];

    public override string Name => "label-studio";

    public override string About => "data of prompt, answer1, answer2; annotations with a pairwise result";

    public override RowTypes Gives => RowTypes.Preference;

    public override RowTypes Takes => RowTypes.Preference;

    internal override string? Recognise(JsonObject row) =>
        row["annotations"] is JsonArray && row["data"] is JsonObject data && HasColumns(data, "prompt", "answer1", "answer2") is { } found ? $"annotations, and data with {found}" : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var (data, cells) = (new Cells(row, id).Map("data"), new Cells(new Cells(row, id).Map("data"), id));
        var votes = new Cells(row, id).List("annotations").OfType<JsonObject>().Where(one => new Cells(one, id).Flag("was_cancelled") != true)
            .Select(one => (Annotator: one["completed_by"]?.ToString() ?? "", Choice: Choice(one))).Where(vote => vote.Choice is not null).Select(vote => (vote.Annotator, vote.Choice!.Value)).ToList();
        if (votes.Count == 0)
        {
            remarks.Add("left out: nobody has compared the answers", id);
            return [];
        }

        var prompt = cells.Content("prompt") is PlainContent text ? Dialog.Prompt(text.Text) : cells.Content("prompt");
        var pair = VotedPair.Of(id, prompt, cells.Word("answer1")!, cells.Word("answer2")!, votes);
        foreach (var (name, value) in data.Where(item => item.Key is not ("prompt" or "answer1" or "answer2")))
        {
            pair.Facts![name] = value?.DeepClone();
        }

        return [pair with { Columns = new JsonObject { ["id"] = row["id"]?.DeepClone() }, Known = Known }];
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var pair = (PreferenceRow)row;
        if (pair.Prompt is ChatContent { Variables: not null } || Dialog.Text(pair.Chosen) is not { } chosen || Dialog.Text(pair.Rejected) is not { } rejected)
        {
            remarks.Add("left out: the conversation has tools, or a response is more than one message of text", row.Id);
            return null;
        }

        var isFirst = VotedPair.TakeChosenPosition(meta) != 2;
        var all = VotedPair.TakeVotes(meta);
        if (all.Count == 0 && pair.Label != 0.5)
        {
            all = [("1", pair.Label > 0.5 ? "chosen" : "rejected")];
        }

        var votes = all.Where(vote => vote.Choice != "tie").ToList();
        if (votes.Count < all.Count)
        {
            remarks.Add("lost: a vote for a tie, which a pairwise result cannot say", row.Id);
        }

        if (votes.Count == 0)
        {
            remarks.Add("left out: a tie, which a pairwise result cannot say", row.Id);
            return null;
        }

        var data = new JsonObject
        {
            ["prompt"] = Dialog.Single(pair.Prompt) is { System: null } single ? single.Text : MessageJson.Of(pair.Prompt),
            ["answer1"] = isFirst ? chosen : rejected,
            ["answer2"] = isFirst ? rejected : chosen,
        };
        var to = new JsonObject();
        if (meta["id"] is { } id)
        {
            to["id"] = id.DeepClone();
            meta.Remove("id");
        }

        // Tasks carry what else belongs to them beside the texts.
        foreach (var (name, value) in meta.Where(pair => pair.Key is not "label"))
        {
            data[name] = value?.DeepClone();
        }

        meta.Clear();
        to["data"] = data;
        to["annotations"] = new JsonArray([.. votes.Select(vote => new JsonObject
        {
            ["completed_by"] = vote.Annotator,
            ["was_cancelled"] = false,
            ["result"] = new JsonArray(new JsonObject
            {
                ["from_name"] = "comparison",
                ["to_name"] = "answer1",
                ["type"] = "pairwise",
                ["value"] = new JsonObject { ["selected"] = (vote.Choice == "chosen") == isFirst ? "left" : "right" },
            }),
        })]);
        return to;
    }

    private static int? Choice(JsonObject annotation) =>
        (annotation["result"] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(result => result["type"]?.ToString() == "pairwise")?["value"]?["selected"]?.ToString() switch
        {
            "left" => 1,
            "right" => 2,
            _ => null,
        };
}
