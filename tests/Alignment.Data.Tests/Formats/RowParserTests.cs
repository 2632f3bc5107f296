using System.Text.Json.Nodes;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Tests.Formats;

public sealed class RowParserTests
{
    [Fact]
    public void Parse_Text_TextRow() => Row("""{"text": "Copper conducts heat well."}""").ShouldBeOfType<TextRow>().Text.ShouldBe("Copper conducts heat well.");

    [Fact]
    public void Parse_Messages_MessagesRow()
    {
        var row = Row("""{"messages": [{"role":"system","content":""},{"role":"user","content":"Q"},{"role":"assistant","content":"A"}]}""");

        row.ShouldBeOfType<MessagesRow>().Messages.ShouldBe([new("system", ""), new("user", "Q"), new("assistant", "A")]);
    }

    [Fact]
    public void Parse_TheAssistantFirst_IsTheTemplatesToAllow() =>
        Row("""{"messages": [{"role":"assistant","content":"Hello."},{"role":"user","content":"Q"},{"role":"assistant","content":"A"}]}""").ShouldBeOfType<MessagesRow>().Messages.Count.ShouldBe(3);

    [Fact]
    public void Parse_PromptCompletion_TextAndMessages()
    {
        Row("""{"prompt": "Copper is", "completion": " a metal."}""").ShouldBeOfType<PromptCompletionRow>().Completion.ShouldBe(new PlainContent(" a metal."));
        Row("""{"prompt": [{"role":"user","content":"Q"}], "completion": [{"role":"assistant","content":"A"}]}""")
            .ShouldBeOfType<PromptCompletionRow>().Prompt.ShouldBe(Chat(new Message("user", "Q")));
    }

    [Fact]
    public void Parse_ToolsAndParts_AreKeptForTheTemplate()
    {
        var row = Row("""
            {"messages": [{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}, {"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f"}}]},
             {"role":"tool","name":"f","content":"1"}, {"role":"assistant","content":"A"}], "tools": "[{\"name\": \"f\"}]", "chat_template_kwargs": {"deep": true}}
            """).ShouldBeOfType<MessagesRow>();

        row.Variables.ShouldBe("""{"deep":true,"tools":[{"name":"f"}]}""");
        row.Messages.Select(m => m.Content).ShouldBe(["ab", "", "1", "A"]);
        row.Messages.Select(m => m.NeedsOwnTemplate).ShouldBe([false, true, false, false]);
        row.Messages[2].Json.ShouldBe("""{"role":"tool","name":"f","content":"1"}""");
        row.Messages[3].Json.ShouldBeNull();
        Should.Throw<DataFormatException>(() => Row("""{"prompt": [{"role":"user","content":"Q"}], "tools": "["}""")).Message.ShouldStartWith("f:1: 'tools' is text that is not JSON");
    }

    [Fact]
    public void Parse_PromptAlone_PromptRow() => Row("""{"prompt": "Copper is", "completion": null}""").ShouldBeOfType<PromptRow>().Prompt.ShouldBe(new PlainContent("Copper is"));

    [Fact]
    public void Parse_PairWherePromptsAreAsked_PromptRow() =>
        Row("""{"prompt": "p", "chosen": "a", "rejected": "b"}""", RowTypes.Prompt).ShouldBeOfType<PromptRow>().Prompt.ShouldBe(new PlainContent("p"));

    [Theory]
    [InlineData("""{"body": "x"}""", RowTypes.Text, "no column that is needed; the columns are: body; accepted here: text")]
    [InlineData("""{}""", RowTypes.Preference, "no column that is needed; the columns are: none; accepted here: (prompt,) chosen, rejected")]
    [InlineData("""{"prompt": "x", "chosen": "a", "rejected": null}""", RowTypes.Preference, "this is a prompt row; the columns are: prompt, chosen, rejected (null); accepted here: (prompt,) chosen, rejected")]
    [InlineData("""{"chosen": "a", "rejected": "b"}""", RowTypes.Supervised, "this is a preference row; the columns are: chosen, rejected; accepted here: prompt, completion | messages | text")]
    [InlineData("""{"text": 3}""", RowTypes.Any, "column 'text' is a number; it must be text or a list of messages")]
    [InlineData("""{"text": ["a"]}""", RowTypes.Any, "message 1 of 'text' is text; a message is {\"role\": \"user\", \"content\": \"...\"}")]
    [InlineData("""{"text": [{"role":"user","content":"Q"}]}""", RowTypes.Any, "column 'text' is a list; it must be text; lists of messages belong into 'messages'")]
    [InlineData("""{"messages": "hi"}""", RowTypes.Any, "column 'messages' is text; it must be a list of {\"role\", \"content\"}; text belongs into 'text'")]
    [InlineData("""{"messages": []}""", RowTypes.Any, "column 'messages' is an empty list; give at least one message or leave the row out")]
    [InlineData("""{"messages": [{"role":"user"}]}""", RowTypes.Any, "message 1 of 'messages' has no 'content' (keys: role); a message is {\"role\": \"user\", \"content\": \"...\"}, both text")]
    [InlineData("""{"messages": [{"role":"user","content":null}]}""", RowTypes.Any, "message 1 of 'messages' has null as 'content'; a message is {\"role\": \"user\", \"content\": \"...\"}, both text")]
    [InlineData("""{"messages": [{"role":"human","content":"Q"}]}""", RowTypes.Any, "message 1 of 'messages' has the unknown role 'human'; use system, user, assistant or tool")]
    [InlineData("""{"messages": [{"role":"user","content":" "}]}""", RowTypes.Any, "message 1 of 'messages' (by the user) is empty; give it text or set on_error: skip")]
    [InlineData("""{"messages": [{"role":"user","content":"Q"},{"role":"system","content":"S"}]}""", RowTypes.Any, "message 2 of 'messages' is by the system; a system message may only stand first; reorder the messages or set on_error: skip")]
    [InlineData("""{"messages": [{"role":"user","content":"Q"},{"role":"tool","content":"T"}]}""", RowTypes.Any, "message 2 of 'messages' is by a tool that no assistant message called; it must follow the assistant; reorder the messages or set on_error: skip")]
    [InlineData("""{"messages": [{"role":"user","content":"Q"}]}""", RowTypes.Any, "'messages' has no assistant message, so there is nothing to learn; add the answer or set on_error: skip")]
    [InlineData("""{"prompt": "Q", "completion": ""}""", RowTypes.Any, "column 'completion' is empty; give it text or set on_error: skip")]
    [InlineData("""{"prompt": {}, "completion": "A"}""", RowTypes.Any, "column 'prompt' is an object; it must be text or a list of messages")]
    [InlineData("""{"prompt": "Q", "completion": [{"role":"assistant","content":"A"}]}""", RowTypes.Any, "one of 'prompt' and 'completion' is text and the other is a list of messages; make both the same")]
    [InlineData("""{"prompt": [{"role":"user","content":"Q"}], "completion": [{"role":"user","content":"A"}]}""", RowTypes.Any, "'completion' does not begin and end with an assistant message; put what comes before the answer into 'prompt'")]
    [InlineData("""{"prompt": [{"role":"user","content":"Q"},{"role":"assistant","content":"A"}]}""", RowTypes.Any, "the prompt ends with a message by the assistant; end it with the user's message and put the answer into its own column")]
    public void Parse_BadRow_NamesReasonAndAdvice(string json, RowTypes accepted, string message) =>
        Should.Throw<DataFormatException>(() => Row(json, accepted)).Message.ShouldBe("f:1: " + message);

    internal static DataRow Row(string json, RowTypes accepted = RowTypes.Any) => RowParser.Parse(JsonNode.Parse(json)!.AsObject(), "f:1", accepted);

    internal static ChatContent Chat(params Message[] messages) => new(messages);
}
