using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Data.Templates;
using Alignment.Data.Tests.Templates;
using static Alignment.Data.Tests.TinyTokenizer;

namespace Alignment.Data.Tests.Collation;

public sealed class SupervisedExamplesTests
{
    private static readonly ExampleOptions Plain = new() { Tokenizer = Instance, MaxLength = 100 };
    private static readonly ExampleOptions Chat = Plain with { Template = ChatTemplate.ChatMl };

    [Fact]
    public void Build_Text_EveryTokenButTheFirst()
    {
        var example = One(new TextRow("cab") { Id = "f:1" }, Plain);

        example.Ids.ShouldBe([4 + 'c', Ab, End]);
        Mask(example).ShouldBe("011");
    }

    [Fact]
    public void Build_TextWithBos_EveryTokenAfterIt()
    {
        var example = One(new TextRow("ab") { Id = "f:1" }, Plain with { AddBos = true });

        example.Ids.ShouldBe([Bos, Ab, End]);
        Mask(example).ShouldBe("011");
    }

    [Fact]
    public void Build_PromptCompletion_CompletionAndEos()
    {
        var example = One(new PromptCompletionRow("xy", "zab") { Id = "f:1" }, Plain);

        example.Ids.ShouldBe([4 + 'x', 4 + 'y', 4 + 'z', Ab, End]);
        Mask(example).ShouldBe("00111");
    }

    [Fact]
    public void Build_Messages_AssistantTurnsWithTheirEos()
    {
        var row = new MessagesRow([new("user", "q"), new("assistant", "ab"), new("user", "r"), new("assistant", "cd")]) { Id = "f:1" };

        var example = One(row, Chat);

        // <|im_start|> user\n q <|im_end|> \n (9), <|im_start|> assistant\n (11) ab <|im_end|> (2) \n (1), user turn (9), header (11), c d <|im_end|> (3)
        Mask(example).ShouldBe(new string('0', 20) + "11" + "0" + new string('0', 20) + "111");
        example.Ids.Zip(example.Supervised).Count(p => p.Second && p.First == End).ShouldBe(2);
    }

    [Fact]
    public void Build_PromptCompletionMessages_SameAsWrappedText()
    {
        var messages = new PromptCompletionRow(new Message[] { new("user", "q") }, new Message[] { new("assistant", "z") }) { Id = "f:1" };
        var text = new PromptCompletionRow("q", "z") { Id = "f:1" };

        var (a, b) = (One(messages, Chat), One(text, Chat));

        a.Ids.ShouldBe(b.Ids);
        Mask(a).ShouldBe(new string('0', 20) + "11");
        Mask(b).ShouldBe(Mask(a));
    }

    [Fact]
    public void Build_CompletionOfSeveralTurns_OnlyTheAssistants()
    {
        var row = new PromptCompletionRow(new Message[] { new("user", "q") }, new Message[] { new("assistant", "z"), new("user", "r"), new("assistant", "y") }) { Id = "f:1" };

        Mask(One(row, Chat)).ShouldBe(new string('0', 20) + "11" + "0" + new string('0', 20) + "11");
    }

    [Fact]
    public void Build_AnyRow_EosSupervisedOncePerTurnAndNeverTheFirstToken()
    {
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            var (prompt, completion) = (ChatTemplateTests.Noise(random), ChatTemplateTests.Noise(random));
            var options = (round % 2 == 0 ? Plain : Chat) with { AddBos = round % 3 == 0, MaxLength = 10_000 };

            var example = One(new PromptCompletionRow(prompt, completion) { Id = "f:1" }, options);

            example.Supervised[0].ShouldBeFalse();
            example.Ids.Zip(example.Supervised).Where(p => p.Second).Select(p => p.First).ShouldBe([.. Instance.Encode(completion), End]);
            example.Ids.Count(id => id == Bos).ShouldBe(options.AddBos ? 1 : 0);
        }
    }

    [Fact]
    public void Build_TooLong_ErrorNamesRowLengthsAndOptions()
    {
        var row = new PromptCompletionRow("wxyz", "123") { Id = "f:9" };

        Should.Throw<DataFormatException>(() => One(row, Plain with { MaxLength = 7 })).Message.ShouldBe(
            "f:9: the row has 8 tokens (prompt 4, response 4), max_length is 7; raise max_length or set overflow: drop or overflow: truncate_prompt");
        One(row, Plain with { MaxLength = 8 }).Ids.Length.ShouldBe(8);
    }

    [Fact]
    public void Build_Drop_CountsAndLists()
    {
        var set = SupervisedExamples.Build([Pair("f:1", "wxyz", "123"), Pair("f:2", "w", "1")], Plain with { MaxLength = 7, Overflow = Overflow.Drop });

        set.Examples.Single().RowId.ShouldBe("f:2");
        (set.Overflow with { DroppedRowIds = [] }).ShouldBe(new OverflowReport(2, 1, 1, 0, 0, 8, []));
        set.Overflow.DroppedRowIds.ShouldBe(["f:1"]);
    }

    [Fact]
    public void Build_TruncatePrompt_KeepsItsEndAndTheWholeResponse()
    {
        var options = Plain with { MaxLength = 6, Overflow = Overflow.TruncatePrompt };

        var set = SupervisedExamples.Build([Pair("f:1", "wxyz", "123"), Pair("f:2", "w", "12345"), Pair("f:3", "w", "1")], options);

        // f:1: 4 + 4 tokens, 2 cut. f:2: the response alone takes 6, no room for a prompt.
        set.Examples.Select(e => e.RowId).ShouldBe(["f:1", "f:3"]);
        set.Examples[0].Ids.ShouldBe([.. Bytes("yz123"), End]);
        Mask(set.Examples[0]).ShouldBe("001111");
        (set.Overflow with { DroppedRowIds = [] }).ShouldBe(new OverflowReport(3, 2, 1, 1, 2, 8, []));
    }

    [Fact]
    public void Build_TruncatePromptWithBos_BosStays()
    {
        var options = Plain with { MaxLength = 6, Overflow = Overflow.TruncatePrompt, AddBos = true };

        One(Pair("f:1", "wxyz", "123"), options).Ids.ShouldBe([Bos, .. Bytes("z123"), End]);
    }

    [Fact]
    public void Build_TruncatePromptWithChatMl_NeverCutsTheGenerationPrompt()
    {
        // prompt: 8 + 2 + 11 tokens; the last 11 are the generation prompt
        var options = Chat with { Overflow = Overflow.TruncatePrompt };
        var row = Pair("f:1", "wx", "z");

        One(row, options with { MaxLength = 13 }).Ids.ShouldBe([Start, .. Bytes("assistant\nz"), End]);
        Should.Throw<DataFormatException>(() => One(row, options with { MaxLength = 12 })).Message.ShouldBe(
            "f:1: this and all other rows (1) are longer than max_length 12; the longest has 23 tokens; raise max_length");
    }

    [Fact]
    public void Build_TruncatePromptOfText_IsDropped()
    {
        var set = SupervisedExamples.Build([new TextRow("123456789") { Id = "f:1" }, new TextRow("1") { Id = "f:2" }], Plain with { MaxLength = 6, Overflow = Overflow.TruncatePrompt });

        set.Overflow.DroppedRowIds.ShouldBe(["f:1"]);
    }

    [Fact]
    public void Build_NothingSupervised_NamesTheRow() =>
        Should.Throw<DataFormatException>(() => One(new MessagesRow([new("user", "q")]) { Id = "f:4" }, Chat)).Message
            .ShouldBe("f:4: the row has no supervised token, so there is nothing to learn; give it an answer or remove it");

    [Fact]
    public void Build_OtherRowType_Refused() =>
        Should.Throw<DataFormatException>(() => One(new PromptRow("q") { Id = "f:4" }, Plain)).Message
            .ShouldBe("f:4: a PromptRow cannot be trained on with supervision; give text, messages or prompt and completion");

    internal static string Mask(TokenExample example) => string.Concat(example.Supervised.Select(s => s ? '1' : '0'));

    private static TokenExample One(DataRow row, ExampleOptions options) => SupervisedExamples.Build([row], options).Examples.Single();

    private static PromptCompletionRow Pair(string id, string prompt, string completion) => new(prompt, completion) { Id = id };
}
