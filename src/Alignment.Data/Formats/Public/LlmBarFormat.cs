using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>LLMBar's pairs (github princeton-nlp/LLMBar): an input, two outputs, and which of them, 1 or 2, follows the instruction.</summary>
internal sealed class LlmBarFormat : DataFormat
{
    private static readonly string[] Known = ["input", "output_1", "output_2", "label"];

    public override string Name => "llmbar";

    public override string About => "input, output_1, output_2, label (1 or 2)";

    public override RowTypes Gives => RowTypes.Preference;

    public override RowTypes Takes => RowTypes.Preference;

    internal override string? Recognise(JsonObject row) => HasColumns(row, Known);

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var cells = new Cells(row, id);
        var label = cells.Word("label");
        if (label is not ("1" or "2"))
        {
            throw new DataFormatException(id, $"'label' is {label}", "it must be 1 or 2, the output that is better");
        }

        var (first, second) = (Dialog.Answer(cells.Text("output_1")), Dialog.Answer(cells.Text("output_2")));
        var prompt = Dialog.Prompt(cells.Text("input"));
        var facts = new JsonObject { [RowMeta.Group] = RowMeta.GroupOf(prompt), [RowMeta.ChosenPosition] = int.Parse(label, System.Globalization.CultureInfo.InvariantCulture) };
        return [new PreferenceRow(prompt, label == "1" ? first : second, label == "1" ? second : first) { Id = id, Columns = row, Known = Known, Facts = facts }];
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var pair = (PreferenceRow)row;
        if (Dialog.Single(pair.Prompt) is not { System: null } prompt || Dialog.Text(pair.Chosen) is not { } chosen || Dialog.Text(pair.Rejected) is not { } rejected)
        {
            remarks.Add("left out: the prompt or a response is more than one message of text", row.Id);
            return null;
        }

        var place = VotedPair.TakeChosenPosition(meta) ?? 1;
        return new JsonObject { ["input"] = prompt.Text, ["output_1"] = place == 1 ? chosen : rejected, ["output_2"] = place == 1 ? rejected : chosen, ["label"] = place };
    }
}
