using System.Globalization;
using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>Super-NaturalInstructions' task files (github allenai/natural-instructions): one object with a definition and instances. An instance is a row with its first output; where it has several, all stay beside the row.</summary>
internal sealed class NaturalInstructionsFormat : DataFormat
{
    private static readonly string[] Shared = ["Categories", "Domains", "Instance License", "Source", "Input_language", "Output_language"];

    public override string Name => "natural-instructions";

    public override string About => "one object: Definition, Positive Examples, Instances of input and output (a list)";

    public override RowTypes Gives => RowTypes.PromptCompletion;

    public override RowTypes Takes => RowTypes.PromptCompletion;

    internal override string? Recognise(JsonObject row) => row["Instances"] is JsonArray ? HasColumns(row, "Definition", "Instances") : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var definition = row["Definition"] is JsonArray { Count: > 0 } list ? list[0]?.ToString() ?? "" : new Cells(row, id).Text("Definition");
        var facts = new JsonObject(Shared.Where(row.ContainsKey).Select(name => KeyValuePair.Create(name, row[name]?.DeepClone())));
        var number = 0;
        foreach (var item in new Cells(row, id).List("Instances"))
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{id}#{++number}");
            var instance = item as JsonObject ?? throw new DataFormatException(place, $"the instance is {JsonObjects.Describe(item)}", "it must have input and output");
            var cells = new Cells(instance, place);
            var outputs = instance["output"] is JsonArray several ? several.Select(output => output?.ToString() ?? "").ToList() : [cells.Text("output")];
            if (outputs.Count == 0)
            {
                throw new DataFormatException(place, "the instance has no output", "give at least one");
            }

            var own = facts.DeepClone().AsObject();
            own["id"] = instance["id"]?.DeepClone();
            foreach (var (name, value) in InstanceFacts.Of(instance["id"]?.ToString() ?? place, cells.Text("input"), instance))
            {
                own[name] = value?.DeepClone();
            }

            if (outputs.Count > 1)
            {
                own["outputs"] = new JsonArray([.. outputs.Select(output => (JsonNode)output)]);
            }

            yield return new PromptCompletionRow(Dialog.Prompt(Dialog.Instruction(definition.Trim(), cells.Text("input"))), Dialog.Answer(outputs[0])) { Id = place, Facts = own };
        }
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var pair = (PromptCompletionRow)row;
        if (Dialog.Single(pair.Prompt) is not { System: null } prompt || Dialog.Text(pair.Completion) is not { } output)
        {
            remarks.Add("left out: the prompt or the completion is more than one message of text", row.Id);
            return null;
        }

        var (definition, input) = Dialog.Parted(prompt.Text, meta);
        if (definition.Trim() != definition)
        {
            remarks.Add("lost: white space around the instruction", row.Id);
        }

        var to = new JsonObject { ["Definition"] = new JsonArray(definition) };
        foreach (var column in Shared)
        {
            if (meta[column] is { } value)
            {
                to[column] = value.DeepClone();
                meta.Remove(column);
            }
        }

        var instance = new JsonObject();
        if (meta["id"] is { } id)
        {
            instance["id"] = id.DeepClone();
        }

        instance["input"] = input;
        instance["output"] = meta["outputs"] is JsonArray { Count: > 0 } outputs && outputs[0]?.ToString() == output ? outputs.DeepClone() : new JsonArray(output);
        meta.Remove("id");
        meta.Remove("outputs");
        to["Instances"] = new JsonArray(InstanceFacts.Put(instance, meta));
        return to;
    }

    internal override bool Merge(JsonObject last, JsonObject next) => InstanceFacts.Join(last, next, "Instances");
}
