using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>Pairs under the other names that data sets give the columns of a pair, with scores of the two sides; the margin is their difference.</summary>
internal sealed class PairColumnsFormat : DataFormat
{
    private static readonly string[] Prompts = ["prompt", "question", "instruction", "query", "input"];
    private static readonly string[] Better = ["chosen", "chosen_response", "response_chosen", "preferred", "better"];
    private static readonly string[] Worse = ["rejected", "rejected_response", "response_rejected", "dispreferred", "worse"];
    private static readonly (string High, string Low)[] Scores = [("score_chosen", "score_rejected"), ("chosen_score", "rejected_score"), ("chosen_rating", "rejected_rating")];

    public override string Name => "pair-columns";

    public override string About => "question (or instruction), chosen_response, rejected_response; chosen_score, rejected_score; system";

    public override RowTypes Gives => RowTypes.Preference;

    public override RowTypes Takes => RowTypes.Preference;

    internal override string? Recognise(JsonObject row) => Of(row) is not var (prompt, chosen, rejected) ? null
        : prompt != "prompt" || chosen != "chosen" || rejected != "rejected" ? $"columns {prompt}, {chosen}, {rejected}"
        : Rated(row) is var (high, low) && row["margin"] is null ? $"a pair with {high} and {low}" : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var (prompt, chosen, rejected) = Of(row) ?? throw new DataFormatException(id, "there is no pair", "name its columns with --map");
        var cells = new Cells(row, id);
        var asked = cells.Content(prompt) is PlainContent text ? Dialog.Prompt(text.Text, cells.Word("system")) : cells.Content(prompt);
        var (better, worse) = (Answer(cells.Content(chosen)), Answer(cells.Content(rejected)));
        var (a, b, c) = PromptSplit.Repeated(asked, better, worse) ?? (asked, better, worse);
        var margin = Rated(row) is var (high, low) && cells.Number(high, textToo: true) is { } up && cells.Number(low, textToo: true) is { } down ? up - down : 0;
        return [new PreferenceRow(a, b, c, margin) { Id = id, Columns = row, Known = [prompt, chosen, rejected, "system"] }];
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var pair = (PreferenceRow)row;
        if (pair.Prompt is ChatContent { Variables: not null })
        {
            remarks.Add("left out: the conversation has tools", row.Id);
            return null;
        }

        var to = new JsonObject();
        if (Dialog.Single(pair.Prompt) is not { } single)
        {
            to["question"] = MessageJson.Of(pair.Prompt);
        }
        else
        {
            to["question"] = single.Text;
            if (single.System is not null)
            {
                to["system"] = single.System;
            }
        }

        to["chosen_response"] = Dialog.Text(pair.Chosen) ?? MessageJson.Of(pair.Chosen);
        to["rejected_response"] = Dialog.Text(pair.Rejected) ?? MessageJson.Of(pair.Rejected);
        if (Rated(meta) is var (high, low))
        {
            (to[high], to[low]) = (meta[high]!.DeepClone(), meta[low]!.DeepClone());
            meta.Remove(high);
            meta.Remove(low);
            meta.Remove("margin");
        }
        else if (pair.Margin != 0)
        {
            (to["chosen_score"], to["rejected_score"]) = (pair.Margin, 0);
            meta.Remove("margin");
        }

        return to;
    }

    private static Content Answer(Content content) => content is PlainContent text ? Dialog.Answer(text.Text) : content;

    private static (string Prompt, string Chosen, string Rejected)? Of(JsonObject row) =>
        Find(row, Prompts) is { } prompt && Find(row, Better) is { } chosen && Find(row, Worse) is { } rejected ? (prompt, chosen, rejected) : null;

    private static (string High, string Low)? Rated(JsonObject row)
    {
        foreach (var (high, low) in Scores)
        {
            if (row[high] is JsonValue && row[low] is JsonValue)
            {
                return (high, low);
            }
        }

        return null;
    }

    private static string? Find(JsonObject row, string[] names) => Array.Find(names, name => row[name] is JsonArray || (row[name] is JsonValue value && value.TryGetValue<string>(out _)));
}
