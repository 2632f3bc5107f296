using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Trl;

/// <summary>TRL's preferences with a prompt of their own; as our additions <c>margin</c>, <c>label</c> (a probability) and <c>tie</c>.</summary>
internal class TrlPreferenceFormat : TrlFormat
{
    public override string Name => "trl-preference";

    public override string About => "prompt, chosen, rejected; margin, label, tie";

    public override RowTypes Gives => RowTypes.Preference;

    public override string[] Needed => ["prompt", "chosen", "rejected"];

    private protected override string[] Own => ["prompt", "chosen", "rejected", "margin", "label", "tie"];

    internal override DataRow ReadOne(JsonObject row, string id)
    {
        var cells = new Cells(row, id);
        var (chosen, rejected) = (cells.Content("chosen"), cells.Content("rejected"));
        (var prompt, chosen, rejected) = Parts(row, chosen, rejected, id);
        prompt = prompt is ChatContent asked ? asked with { Variables = TemplateColumns.Of(row, id) } : prompt;
        return new PreferenceRow(prompt, chosen, rejected, cells.Number("margin") ?? 0, Label(cells, id)) { Id = id, Columns = row, Known = Known(prompt) };
    }

    internal override JsonObject Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var pair = (PreferenceRow)row;
        var to = Sides(pair);
        if (pair.Margin != 0)
        {
            to["margin"] = pair.Margin;
        }

        if (pair.Label != 1)
        {
            to["label"] = pair.Label;
        }

        AddVariables(to, pair.Prompt);
        return to;
    }

    /// <summary>The texts as columns.</summary>
    private protected virtual JsonObject Sides(PreferenceRow pair) => new()
    {
        ["prompt"] = MessageJson.Of(pair.Prompt),
        ["chosen"] = MessageJson.Of(pair.Chosen),
        ["rejected"] = MessageJson.Of(pair.Rejected),
    };

    private static (Content Prompt, Content Chosen, Content Rejected) Parts(JsonObject row, Content chosen, Content rejected, string id)
    {
        if (row["prompt"] is null)
        {
            return PromptSplit.Split(chosen, rejected, id);
        }

        var prompt = new Cells(row, id).Content("prompt");
        return PromptSplit.Repeated(prompt, chosen, rejected) ?? (prompt, chosen, rejected);
    }

    private static double Label(Cells cells, string id)
    {
        var label = cells.Number("label");
        if (label is < 0 or > 1)
        {
            throw new DataFormatException(id, $"'label' is {label}, outside of [0, 1]", "it is the probability that 'chosen' is the better response");
        }

        return cells.Flag("tie") is not true ? label ?? 1
            : label is null or 0.5 ? 0.5
            : throw new DataFormatException(id, $"'tie' is true but 'label' is {label}", "a tie has the label 0.5: remove one of the two columns");
    }
}
