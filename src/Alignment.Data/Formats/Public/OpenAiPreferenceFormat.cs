using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>OpenAI's preference rows (fine-tuning method dpo; Azure and Fireworks take the same).</summary>
internal sealed class OpenAiPreferenceFormat : DataFormat
{
    private static readonly string[] Known = ["input", "preferred_output", "non_preferred_output"];

    public override string Name => "openai-preference";

    public override string About => "input.messages, preferred_output, non_preferred_output; nothing else";

    public override RowTypes Gives => RowTypes.Preference;

    public override RowTypes Takes => Gives;

    public override bool HoldsMeta => false;

    internal override string? Recognise(JsonObject row) => row["input"] is JsonObject ? HasColumns(row, Known) : null;

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var (cells, input) = (new Cells(row, id), new Cells(row, id).Map("input"));
        var prompt = new ChatContent(new Cells(input, id).Messages("messages")) { Variables = TemplateColumns.Of(input, id) };
        var facts = new JsonObject();
        foreach (var (name, value) in input.Where(pair => pair.Key is not ("messages" or "tools")))
        {
            facts[name] = value?.DeepClone();
        }

        return [new PreferenceRow(prompt, new ChatContent(cells.Messages("preferred_output")), new ChatContent(cells.Messages("non_preferred_output"))) { Id = id, Columns = row, Known = Known, Facts = facts }];
    }

    internal override JsonObject Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var pair = (PreferenceRow)row;
        var input = new JsonObject { ["messages"] = Side(pair.Prompt, Message.User, row.Id, remarks) };
        OpenAiChatFormat.AddTools(input, (pair.Prompt as ChatContent)?.Variables, meta);
        return new JsonObject
        {
            ["input"] = input,
            ["preferred_output"] = Side(pair.Chosen, Message.Assistant, row.Id, remarks),
            ["non_preferred_output"] = Side(pair.Rejected, Message.Assistant, row.Id, remarks),
        };
    }

    private static JsonArray Side(Content content, string role, string id, Remarks remarks) =>
        OpenAiChatFormat.Strict(content is ChatContent chat ? chat.Messages : [new Message(role, content.ToString()!)], id, remarks);
}
