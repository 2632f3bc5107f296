using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Data.Templates;

namespace Alignment.Data.Tests.Loading;

public sealed class SystemOptionsTests
{
    private static readonly SystemOptions Two = new() { Texts = ["Be brief.", "Be kind."] };

    [Fact]
    public void Apply_EachType_SystemMessageBeforeThePrompt()
    {
        var one = new SystemOptions { Texts = ["Be brief."] };
        Message[] asked = [new(Message.User, "q")], answered = [new(Message.Assistant, "a")], worse = [new(Message.Assistant, "b")];

        ((MessagesRow)one.Apply(new MessagesRow([.. asked, .. answered]) { Id = "f:1" }, ChatTemplate.ChatMl)).Messages[0].ShouldBe(new Message("system", "Be brief."));
        var pair = (PreferenceRow)one.Apply(new PreferenceRow(asked, answered, worse, Margin: 2, Label: 0.7) { Id = "f:1" }, ChatTemplate.ChatMl);
        pair.Prompt.ToString().ShouldBe("system: Be brief.\nuser: q");
        (pair.Margin, pair.Label, pair.Chosen).ShouldBe((2, 0.7, new ChatContent(answered)));
        var texts = (PromptCompletionRow)one.Apply(new PromptCompletionRow("q", "a") { Id = "f:1" }, ChatTemplate.ChatMl);
        (texts.Prompt.ToString(), texts.Completion.ToString()).ShouldBe(("system: Be brief.\nuser: q", "assistant: a"));
        ((RankedRow)one.Apply(new RankedRow("q", [new RankedResponse("a")]) { Id = "f:1" }, ChatTemplate.ChatMl)).ShouldSatisfyAllConditions(
            ranked => ranked.Prompt.ToString().ShouldBe("system: Be brief.\nuser: q"), ranked => ranked.Responses[0].Content.ToString().ShouldBe("assistant: a"));
        ((PromptRow)one.Apply(new PromptRow("q") { Id = "f:1" }, ChatTemplate.ChatMl)).Prompt.ToString().ShouldBe("system: Be brief.\nuser: q");
    }

    [Fact]
    public void Apply_ARowThatHasOne_KeepsIt()
    {
        DataRow row = new MessagesRow([new("system", "Mine."), new("user", "q"), new("assistant", "a")]) { Id = "f:1" };
        Two.Apply(row, ChatTemplate.ChatMl).ShouldBeSameAs(row);
    }

    [Fact]
    public void Apply_ManyPrompts_DrawsTextsAndShareByThePromptAlone()
    {
        var half = Two with { Share = 0.5, Seed = 3 };
        string?[] drawn = [.. Enumerable.Range(0, 1000).Select(i => First(half.Apply(new PromptRow(new[] { new Message("user", $"question {i}") }) { Id = $"f:{i}" }, ChatTemplate.ChatMl)))];

        drawn.Count(text => text is null).ShouldBeInRange(440, 560);
        drawn.Count(text => text == "Be kind.").ShouldBeInRange(190, 310);
        First(half.Apply(new MessagesRow([new("user", "question 5"), new("assistant", "x")]) { Id = "g:1" }, ChatTemplate.ChatMl)).ShouldBe(drawn[5]);
    }

    [Fact]
    public void Apply_ATextThatStaysAsItStands_IsRefused() =>
        Should.Throw<DataFormatException>(() => Two.Apply(new PromptRow("q") { Id = "f:1" }, ChatTemplate.Plain)).Message.ShouldStartWith("f:1: data.system is given, but the prompt is a text");

    private static string? First(DataRow row) =>
        (row is MessagesRow chat ? chat.Messages : ((ChatContent)((PromptRow)row).Prompt).Messages)[0] is { Role: "system" } system ? system.Content : null;
}
