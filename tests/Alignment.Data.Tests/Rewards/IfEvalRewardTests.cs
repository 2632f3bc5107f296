using System.Text.Json.Nodes;
using Alignment.Data.Rewards;

namespace Alignment.Data.Tests.Rewards;

public class IfEvalRewardTests
{
    [Theory]
    [InlineData("keywords:existence", "{\"keywords\": [\"alpha\", \"beta\"]}", "Alphabet and BETA", "Alpha")]
    [InlineData("keywords:frequency", "{\"keyword\": \"cat\", \"frequency\": 2, \"relation\": \"at least\"}", "Cat, concat", "cat")]
    [InlineData("keywords:frequency", "{\"keyword\": \"cat\", \"frequency\": 2, \"relation\": \"less than\"}", "cat", "cat cat")]
    [InlineData("keywords:forbidden_words", "{\"forbidden_words\": [\"bad\", \"c++\"]}", "badly", "Not BAD.")]
    [InlineData("keywords:letter_frequency", "{\"letter\": \"z\", \"let_frequency\": 3, \"let_relation\": \"at least\"}", "zZ buzz", "zz")]
    [InlineData("keywords:letter_frequency", "{\"letter\": \"!\", \"let_frequency\": 1, \"let_relation\": \"less than\"}", "no", "yes!")]
    [InlineData("language:response_language", "{\"language\": \"ru\"}", "Привет, world", "Hello")]
    [InlineData("language:response_language", "{\"language\": \"ja\"}", "日本語です", "中文")]
    [InlineData("language:response_language", "{\"language\": \"th\"}", "สวัสดี", "hello")]
    [InlineData("length_constraints:number_sentences", "{\"num_sentences\": 3, \"relation\": \"at least\"}", "Dr. Who came. Did he? \"Yes!\" she said.", "One. Two")]
    [InlineData("length_constraints:number_sentences", "{\"num_sentences\": 2, \"relation\": \"less than\"}", "It costs 3.50 e.g. at Joe's.", "One. Two.")]
    [InlineData("length_constraints:number_paragraphs", "{\"num_paragraphs\": 2}", "One\n***\nTwo\n***\n", "One\n***\n\n***\nTwo")]
    [InlineData("length_constraints:number_words", "{\"num_words\": 3, \"relation\": \"at least\"}", "don't go", "go on")] // \w+: don, t, go
    [InlineData("length_constraints:nth_paragraph_first_word", "{\"num_paragraphs\": 2, \"nth_paragraph\": 2, \"first_word\": \"elm\"}", "One.\n\n\"Elm, oak.", "Elm.\n\nOak.")]
    [InlineData("length_constraints:nth_paragraph_first_word", "{\"num_paragraphs\": 2, \"nth_paragraph\": 1, \"first_word\": \"elm\"}", "Elm.\n\nOak.", "Elm.\n\nOak.\n\nAsh.")]
    [InlineData("detectable_content:number_placeholders", "{\"num_placeholders\": 2}", "[name] at [address]", "[name]")]
    [InlineData("detectable_content:postscript", "{\"postscript_marker\": \"P.S.\"}", "Bye.\nP. S. More", "Bye. PS More")]
    [InlineData("detectable_content:postscript", "{\"postscript_marker\": \"P.P.S\"}", "p.p.s. more", "P.S. more")]
    [InlineData("detectable_format:number_bullet_lists", "{\"num_bullets\": 3}", "* a\n* b\n  - c", "* a\n** b\n* c")]
    [InlineData("detectable_format:constrained_response", "{}", "Well: My answer is maybe.", "my answer is maybe")]
    [InlineData("detectable_format:number_highlighted_sections", "{\"num_highlights\": 2}", "*a* and *b c*", "*a* and * *")]
    [InlineData("detectable_format:number_highlighted_sections", "{\"num_highlights\": 1}", "**bold**", "** **")]
    [InlineData("detectable_format:multiple_sections", "{\"section_spliter\": \"SECTION\", \"num_sections\": 2}", "SECTION 1\na\nSECTION 2\nb", "SECTION 1\na\nSECTION two")]
    [InlineData("detectable_format:json_format", "{}", "```json\n{\"a\": 1}\n```", "{a: 1}")]
    [InlineData("detectable_format:title", "{}", "<<A song>>\nla", "<< >>\nla")]
    [InlineData("combination:two_responses", "{}", "One\n******\nTwo", "One\n******\nOne")]
    [InlineData("combination:two_responses", "{}", "******\nOne\n******\nTwo", "One\n******\n\n******\nTwo")]
    [InlineData("combination:repeat_prompt", "{\"prompt_to_repeat\": \" Say it. \"}", "say it. Well.", "Well. Say it.")]
    [InlineData("startend:end_checker", "{\"end_phrase\": \"Any more?\"}", "So. \"any MORE?\" ", "Any more? No.")]
    [InlineData("startend:quotation", "{}", " \"So.\"\n", "\"So")]
    [InlineData("change_case:capital_word_frequency", "{\"capital_frequency\": 3, \"capital_relation\": \"at least\"}", "I AM \"HERE\".", "I am HERE")]
    [InlineData("change_case:capital_word_frequency", "{\"capital_frequency\": 2, \"capital_relation\": \"less than\"}", "NASA did", "THE USA")]
    [InlineData("change_case:english_capital", "{}", "ALL 3 OF IT!", "ALL of IT")]
    [InlineData("change_case:english_lowercase", "{}", "all 3 of it!", "All of it")]
    [InlineData("change_case:english_lowercase", "{}", "all of it", "привет")]
    [InlineData("punctuation:no_comma", "{}", "None; at all", "One, two")]
    public void Followed_EachInstruction(string id, string arguments, string follows, string breaks)
    {
        Score(follows, id, arguments).ShouldBe(1);
        Score(breaks, id, arguments).ShouldBe(0);
        Score(" \n", id, arguments).ShouldBe(0); // an empty response follows nothing
    }

    [Fact]
    public void Followed_AllOfTheAuthorsInstructions_AreKnown() =>
        typeof(IfEvalRewardTests).GetMethod(nameof(Followed_EachInstruction))!.GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>()
            .Select(data => (string)data.GetData(null!).Single()[0]).Distinct().Count().ShouldBe(25);

    [Theory]
    [InlineData("Sure, here:\nno comma", 1)]   // without the first line
    [InlineData("no comma\nBye, now", 1)]      // without the last
    [InlineData("Sure, here:\nno comma\nBye, now", 1)]
    [InlineData("a,\nb,\nc,\nd,", 0)]
    public void Loose_LeavesLinesOut(string response, double expected)
    {
        Row row = new(("punctuation:no_comma", "{}"));
        new IfEvalReward("i", loose: true).Score("", response, row.Columns).ShouldBe(expected);
        new IfEvalReward("i").Score("", response, row.Columns).ShouldBe(0);
    }

    [Fact]
    public void Loose_LeavesAsterisksOut() =>
        new IfEvalReward("i", loose: true).Score("", "**The end.**", new Row(("startend:end_checker", "{\"end_phrase\": \"the end.\"}")).Columns).ShouldBe(1);

    [Fact]
    public void Score_Several_AllOrTheirShare()
    {
        var columns = new Row(("punctuation:no_comma", "{}"), ("startend:quotation", "{}")).Columns;

        new IfEvalReward("i").Score("", "no comma", columns).ShouldBe(0);
        new IfEvalReward("i", partial: true).Score("", "no comma", columns).ShouldBe(0.5);
        new IfEvalReward("i").Score("", "\"none\"", columns).ShouldBe(1);
    }

    [Theory]
    [InlineData("keywords:most", "{}", "instruction 'keywords:most' is not one of IFEval's")]
    [InlineData("keywords:existence", "{}", "the argument 'keywords' of instruction 'keywords:existence' is missing")]
    [InlineData("keywords:existence", "{\"keywords\": [1]}", "it must be a list of texts")]
    [InlineData("length_constraints:number_words", "{\"num_words\": 2.5, \"relation\": \"at least\"}", "'num_words' of instruction 'length_constraints:number_words' is 2.5")]
    [InlineData("length_constraints:number_words", "{\"num_words\": 2, \"relation\": \"about\"}", "it must be 'less than' or 'at least'")]
    public void Score_BadRows_NameRowAndArgument(string id, string arguments, string message)
    {
        var error = Should.Throw<DataFormatException>(() => Score("a", id, arguments)).Message;
        error.ShouldStartWith("f:3");
        error.ShouldContain(message);
    }

    [Fact]
    public void Score_RowWithoutInstructions_SaysWhatIsNeeded() =>
        Should.Throw<DataFormatException>(() => new IfEvalReward("i").Score("", "a", [], "f:3")).Message.ShouldContain("are not two lists of one length");

    private static double Score(string response, string id, string arguments) => new IfEvalReward("i").Score("", response, new Row((id, arguments)).Columns, "f:3");

    private sealed class Row(params (string Id, string Arguments)[] instructions)
    {
        public JsonObject Columns { get; } = new()
        {
            ["instruction_id_list"] = new JsonArray([.. instructions.Select(one => (JsonNode)one.Id)]),
            ["kwargs"] = new JsonArray([.. instructions.Select(one => JsonNode.Parse(one.Arguments))]),
        };
    }
}
