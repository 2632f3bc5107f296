using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>
/// PandaLM's judgements (github WeOpenML/PandaLM): an instruction, two responses, and each annotator's verdict (1, 2, or 0 for a tie). The label is the share of votes for the chosen side, a tie counting
/// half; the votes stay with the pair.
/// </summary>
internal sealed class PandaLmFormat : DataFormat
{
    private const string Voter = "annotator";

    public override string Name => "pandalm";

    public override string About => "instruction, input, response1, response2, annotator1, annotator2, ... (1, 2, or 0 for a tie)";

    public override RowTypes Gives => RowTypes.Preference;

    public override RowTypes Takes => RowTypes.Preference;

    internal override string? Recognise(JsonObject row) => row.Any(pair => pair.Key.StartsWith(Voter, StringComparison.Ordinal)) && HasColumns(row, "instruction", "response1", "response2") is { } found ? $"{found}, {Voter}..." : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var cells = new Cells(row, id);
        var votes = row.Where(pair => pair.Key.StartsWith(Voter, StringComparison.Ordinal) && pair.Value is not null).Select(pair => (pair.Key, Choice: cells.Word(pair.Key) switch
        {
            "0" => 0,
            "1" => 1,
            "2" => 2,
            var other => throw new DataFormatException(id, $"'{pair.Key}' is {other}", "a verdict is 1, 2, or 0 for a tie"),
        })).ToList();
        if (votes.Count == 0)
        {
            throw new DataFormatException(id, "there is no verdict", "give annotator1 as 1, 2, or 0 for a tie");
        }

        var input = cells.Word("input");
        var models = cells.Word("cmp_key")?.Split('_') is { Length: 2 } both ? both : null;
        var known = new[] { "instruction", "response1", "response2" }.Concat(votes.Select(vote => vote.Key));
        return [VotedPair.Of(
            id, Dialog.Prompt(Dialog.Instruction(cells.Text("instruction"), input)), cells.Word("response1")!, cells.Word("response2")!, votes, models) with
        {
            Columns = row,
            Known = [.. known, .. string.IsNullOrEmpty(input) ? (string[])["input"] : []],
        }];
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var pair = (PreferenceRow)row;
        if (Dialog.Single(pair.Prompt) is not { System: null } prompt || Dialog.Text(pair.Chosen) is not { } chosen || Dialog.Text(pair.Rejected) is not { } rejected)
        {
            remarks.Add("left out: the prompt or a response is more than one message of text", row.Id);
            return null;
        }

        var (instruction, input) = Dialog.Parted(prompt.Text, meta);
        var chosenIsFirst = VotedPair.TakeChosenPosition(meta) != 2;
        var to = new JsonObject
        {
            ["instruction"] = instruction,
            ["input"] = input,
            ["response1"] = chosenIsFirst ? chosen : rejected,
            ["response2"] = chosenIsFirst ? rejected : chosen,
        };
        var votes = VotedPair.TakeVotes(meta);
        foreach (var (annotator, choice) in votes.Count > 0 ? votes : [(Voter + 1, pair.Label == 0.5 ? "tie" : pair.Label > 0.5 ? "chosen" : "rejected")])
        {
            to[annotator.StartsWith(Voter, StringComparison.Ordinal) ? annotator : Voter + annotator] = choice == "tie" ? 0 : (choice == "chosen") == chosenIsFirst ? 1 : 2;
        }

        return to;
    }
}
