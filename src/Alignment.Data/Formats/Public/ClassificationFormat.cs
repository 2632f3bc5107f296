using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>Texts with a class. The text becomes the prompt, the class the completion.</summary>
internal sealed class ClassificationFormat : DataFormat
{
    private static readonly string[] Texts = ["sentence", "text", "review"];

    public override string Name => "classification";

    public override string About => "text (or sentence), label";

    public override RowTypes Gives => RowTypes.PromptCompletion;

    public override RowTypes Takes => RowTypes.PromptCompletion;

    internal override string? Recognise(JsonObject row) => row["label"] is JsonValue && Array.Find(Texts, column => row[column] is JsonValue) is { } text ? $"columns {text}, label" : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var cells = new Cells(row, id);
        var text = Array.Find(Texts, column => row[column] is not null) ?? "text";
        var label = cells.Word("label") ?? throw new DataFormatException(id, "there is no label", "give each row one");
        return [new PromptCompletionRow(Dialog.Prompt(cells.Text(text)), Dialog.Answer(label)) { Id = id, Columns = row, Known = [text, "label"] }];
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var pair = (PromptCompletionRow)row;
        if (Dialog.Single(pair.Prompt) is { System: null } prompt && Dialog.Text(pair.Completion) is { } label)
        {
            return new JsonObject { ["text"] = prompt.Text, ["label"] = label };
        }

        remarks.Add("left out: the prompt or the completion is more than one message of text", row.Id);
        return null;
    }
}
