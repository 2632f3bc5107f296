using Alignment.Data.Rows;
using static Alignment.Data.Tests.Formats.RowParserTests;

namespace Alignment.Data.Tests.Formats;

public sealed class PreferenceParserTests
{
    private static readonly Message User = new("user", "Q");
    private static readonly Message Good = new("assistant", "A");
    private static readonly Message Bad = new("assistant", "B");

    [Fact]
    public void Parse_ExplicitText_AsItStands()
    {
        var row = Pair("""{"prompt": "Copper is", "chosen": " a metal.", "rejected": " a plant."}""");

        (row.Prompt, row.Chosen, row.Rejected).ShouldBe((new PlainContent("Copper is"), new PlainContent(" a metal."), new PlainContent(" a plant.")));
        (row.Margin, row.Label).ShouldBe((0, 1));
    }

    [Theory]
    [InlineData("""{"prompt": [{"role":"user","content":"Q"}], "chosen": [{"role":"assistant","content":"A"}], "rejected": [{"role":"assistant","content":"B"}]}""")]
    [InlineData("""{"chosen": [{"role":"user","content":"Q"},{"role":"assistant","content":"A"}], "rejected": [{"role":"user","content":"Q"},{"role":"assistant","content":"B"}]}""")]
    [InlineData("""{"prompt": "Q", "chosen": [{"role":"user","content":"Q"},{"role":"assistant","content":"A"}], "rejected": [{"role":"user","content":"Q"},{"role":"assistant","content":"B"}]}""")]
    public void Parse_EachMessageForm_SamePair(string json)
    {
        var row = Pair(json);

        (row.Prompt, row.Chosen, row.Rejected).ShouldBe((Chat(User), Chat(Good), Chat(Bad)));
    }

    [Theory]
    [InlineData("The sky is blue.", "The sky is green.", "The sky is", " blue.", " green.")]
    [InlineData("The sky is blue.", "The sky is black.", "The sky is", " blue.", " black.")]
    [InlineData("The sky is", "The sky is blue.", "The sky", " is", " is blue.")]
    [InlineData("a b c", "a b d", "a b", " c", " d")]
    [InlineData("a b\nc", "a b d", "a b", "\nc", " d")]
    [InlineData("\n\nHuman: Hi?\n\nAssistant: I say so.", "\n\nHuman: Hi?\n\nAssistant: I say no.", "\n\nHuman: Hi?\n\nAssistant:", " I say so.", " I say no.")]
    public void Parse_ImplicitText_CutAtAWordOrTag(string chosen, string rejected, string prompt, string restChosen, string restRejected)
    {
        var row = Pair(System.Text.Json.JsonSerializer.Serialize(new { chosen, rejected }));

        (row.Prompt, row.Chosen, row.Rejected).ShouldBe((new PlainContent(prompt), new PlainContent(restChosen), new PlainContent(restRejected)));
    }

    [Theory]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","margin":2.5,"label":0.25}""", 2.5, 0.25)]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","tie":true}""", 0, 0.5)]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","tie":false,"label":0}""", 0, 0)]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","tie":true,"label":0.5,"margin":null}""", 0, 0.5)]
    public void Parse_OptionalColumns_Read(string json, double margin, double label)
    {
        var row = Pair(json);

        (row.Margin, row.Label).ShouldBe((margin, label));
    }

    [Theory]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"a"}""", "'chosen' and 'rejected' are equal; a pair needs two different responses: remove the row or set on_error: skip")]
    [InlineData("""{"chosen":[{"role":"user","content":"Q"}],"rejected":[{"role":"user","content":"Q"}]}""", "'chosen' and 'rejected' are equal; a pair needs two different responses: remove the row or set on_error: skip")]
    [InlineData("""{"prompt":"p","chosen":"","rejected":"a"}""", "column 'chosen' is empty; give it text or set on_error: skip")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"\n"}""", "column 'rejected' is empty; give it text or set on_error: skip")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","label":1.5}""", "'label' is 1.5, outside of [0, 1]; it is the probability that 'chosen' is the better response")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","label":true}""", "'label' is true or false; it must be a number")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","margin":"1"}""", "'margin' is text; it must be a number")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","margin":1e999}""", "'margin' is too large for a number; give a finite number")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","tie":1}""", "'tie' is a number; it must be true or false")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","tie":true,"label":1}""", "'tie' is true but 'label' is 1; a tie has the label 0.5: remove one of the two columns")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":[{"role":"assistant","content":"B"}]}""", "'prompt', 'chosen' and 'rejected' are partly text and partly lists of messages; make all three the same")]
    [InlineData("""{"chosen":"a","rejected":[{"role":"assistant","content":"B"}]}""", "one of 'chosen' and 'rejected' is text and the other is a list of messages; make both the same")]
    [InlineData("""{"chosen":"Yes.","rejected":"No."}""", "'chosen' and 'rejected' share no first words, so there is no prompt; add a 'prompt' column")]
    [InlineData("""{"chosen":"\n\nHuman: a?\n\nAssistant: b","rejected":"\n\nHuman: a?\n\nAssistant: c\n\nHuman: d\n\nAssistant: e"}""", "the transcripts of 'chosen' and 'rejected' differ before their last answer; a pair must share the whole dialogue up to the last answer: add a 'prompt' column or set on_error: skip")]
    [InlineData("""{"chosen":"\n\nHuman: a\n\nAssistant:","rejected":"\n\nHuman: a\n\nAssistant: b"}""", "'chosen' is empty after the prompt that both sides share; a pair is two different answers, one assistant message each, to the same prompt: correct it or set on_error: skip")]
    [InlineData("""{"chosen":[{"role":"user","content":"Q"}],"rejected":[{"role":"user","content":"R"}]}""", "'chosen' and 'rejected' do not begin with the same message; add a 'prompt' column or begin both sides with the prompt's messages")]
    [InlineData("""{"chosen":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"}],"rejected":[{"role":"user","content":"Q"}]}""", "'rejected' ends where the other side goes on; a pair is two different answers, one assistant message each, to the same prompt: correct it or set on_error: skip")]
    [InlineData("""{"prompt":[{"role":"user","content":"Q"}],"chosen":[{"role":"user","content":"A"}],"rejected":[{"role":"assistant","content":"B"}]}""", "'chosen' begins with a message by the user after the prompt, not with the answer; a pair is two different answers, one assistant message each, to the same prompt: correct it or set on_error: skip")]
    [InlineData("""{"prompt":[{"role":"user","content":"Q"}],"chosen":[{"role":"assistant","content":"A"},{"role":"user","content":"A"}],"rejected":[{"role":"assistant","content":"B"}]}""", "'chosen' has 2 messages after the prompt; a pair is two different answers, one assistant message each, to the same prompt: correct it or set on_error: skip")]
    [InlineData("""{"chosen":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"},{"role":"user","content":"x"}],"rejected":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"},{"role":"user","content":"y"}]}""", "the prompt ends with a message by the assistant; end it with the user's message and put the answer into its own column")]
    public void Parse_BadPair_NamesReasonAndAdvice(string json, string message) =>
        Should.Throw<DataFormatException>(() => Pair(json)).Message.ShouldBe("f:1: " + message);

    private static PreferenceRow Pair(string json) => Row(json, RowTypes.Preference).ShouldBeOfType<PreferenceRow>();
}
