using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>FastChat's files of MT-bench: questions (the first of their turns is the prompt, all stay beside it), reference answers, and judges' prompts.</summary>
internal sealed class MtBenchFormat : DataFormat
{
    public override string Name => "mt-bench";

    public override string About => "question_id, turns; or question_id, choices of turns; or system_prompt, prompt_template";

    public override RowTypes Gives => RowTypes.Prompt | RowTypes.Text;

    public override RowTypes Takes => RowTypes.Prompt;

    internal override string? Recognise(JsonObject row) => (row["turns"] is JsonArray { Count: > 0 } ? HasColumns(row, "question_id", "turns") : null)
        ?? (Turns(row) is not null ? "question_id and choices of turns" : null)
        ?? HasColumns(row, "system_prompt", "prompt_template");

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        if (row["prompt_template"] is not null)
        {
            var cells = new Cells(row, id);
            return [new PromptRow(Dialog.Prompt(cells.Text("prompt_template"), cells.Text("system_prompt"))) { Id = id, Columns = row, Known = ["prompt_template", "system_prompt"] }];
        }

        if (row["turns"] is null && Turns(row) is { } answers)
        {
            remarks.Add("note: answers without their questions; the first turn is the text", id);
            return [new TextRow(First(answers, id)) { Id = id, Columns = row }];
        }

        return [new PromptRow(Dialog.Prompt(First(new Cells(row, id).List("turns"), id))) { Id = id, Columns = row }];
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var prompt = ((PromptRow)row).Prompt;
        if (Dialog.Single(prompt) is not { } single)
        {
            remarks.Add("left out: the prompt is more than one message of text", row.Id);
            return null;
        }

        if (single.System is not null)
        {
            return new JsonObject { ["system_prompt"] = single.System, ["prompt_template"] = single.Text };
        }

        var to = new JsonObject { ["question_id"] = meta["question_id"]?.DeepClone() ?? RowMeta.GroupOf(prompt) };
        foreach (var column in (string[])["category", "reference"])
        {
            if (meta[column] is { } value)
            {
                to[column] = value.DeepClone();
            }
        }

        to["turns"] = meta["turns"] is JsonArray { Count: > 0 } turns && turns[0]?.ToString() == single.Text ? turns.DeepClone() : new JsonArray(single.Text);
        foreach (var (column, _) in to)
        {
            meta.Remove(column);
        }

        return to;
    }

    private static JsonArray? Turns(JsonObject row) => row["question_id"] is not null && row["choices"] is JsonArray { Count: > 0 } choices ? (choices[0] as JsonObject)?["turns"] as JsonArray : null;

    private static string First(JsonArray turns, string id) => turns.Count > 0 && turns[0] is JsonValue value && value.TryGetValue<string>(out var text)
        ? text
        : throw new DataFormatException(id, "'turns' does not begin with a text", "give the turns as texts");
}
