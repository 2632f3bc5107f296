using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Trl;

/// <summary>TRL's stepwise supervision.</summary>
internal sealed class TrlStepwiseFormat : TrlFormat
{
    public override string Name => "trl-stepwise";

    public override string About => "prompt, completions, labels (one true or false for each step)";

    public override RowTypes Gives => RowTypes.Stepwise;

    public override string[] Needed => ["prompt", "completions", "labels"];

    internal override DataRow ReadOne(JsonObject row, string id)
    {
        var cells = new Cells(row, id);
        var prompt = cells.Content("prompt");
        var steps = cells.List("completions").Select(step => new Cells(new JsonObject { ["completions"] = step?.DeepClone() }, id).Content("completions")).ToList();
        var labels = cells.List("labels").Select(label => new Cells(new JsonObject { ["labels"] = label?.DeepClone() }, id).Flag("labels")
            ?? throw new DataFormatException(id, "'labels' holds null", "give true or false for each step")).ToList();
        return steps.Count == labels.Count
            ? new StepwiseRow(prompt, steps, labels) { Id = id, Columns = row, Known = Known(prompt) }
            : throw new DataFormatException(id, $"there are {steps.Count} steps and {labels.Count} labels", "give one label for each step");
    }

    internal override JsonObject Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var steps = (StepwiseRow)row;
        var to = new JsonObject
        {
            ["prompt"] = MessageJson.Of(steps.Prompt),
            ["completions"] = new JsonArray([.. steps.Steps.Select(MessageJson.Of)]),
            ["labels"] = new JsonArray([.. steps.Labels.Select(label => (JsonNode)label)]),
        };
        AddVariables(to, steps.Prompt);
        return to;
    }
}
