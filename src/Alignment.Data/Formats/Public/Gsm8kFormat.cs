using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>GSM8K (github openai/grade-school-math): a question, and an answer whose last line is <c>#### number</c>. The number stays beside the row as <c>final_answer</c>.</summary>
internal sealed class Gsm8kFormat : DataFormat
{
    private const string Mark = "#### ";
    private static readonly string[] Known = ["question", "answer"];

    public override string Name => "gsm8k";

    public override string About => "question, answer ending with #### and a number";

    public override RowTypes Gives => RowTypes.PromptCompletion;

    public override RowTypes Takes => RowTypes.PromptCompletion;

    internal override string? Recognise(JsonObject row) => row["answer"] is JsonValue value && value.TryGetValue<string>(out var answer) && answer.Contains(Mark, StringComparison.Ordinal) && HasColumns(row, Known) is { } found
        ? $"{found} with \"####\"" : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var cells = new Cells(row, id);
        var answer = cells.Text("answer");
        var mark = answer.LastIndexOf(Mark, StringComparison.Ordinal);
        var facts = mark < 0 ? null : new JsonObject { ["final_answer"] = answer[(mark + Mark.Length)..].Trim() };
        return [new PromptCompletionRow(Dialog.Prompt(cells.Text("question")), Dialog.Answer(answer)) { Id = id, Columns = row, Known = Known, Facts = facts }];
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var pair = (PromptCompletionRow)row;
        if (Dialog.Single(pair.Prompt) is not { System: null } prompt || Dialog.Text(pair.Completion) is not { } answer)
        {
            remarks.Add("left out: the prompt or the completion is more than one message of text", row.Id);
            return null;
        }

        var final = meta["final_answer"]?.ToString();
        meta.Remove("final_answer");
        return new JsonObject { ["question"] = prompt.Text, ["answer"] = final is null || answer.Contains(Mark, StringComparison.Ordinal) ? answer : $"{answer}\n{Mark}{final}" };
    }
}
