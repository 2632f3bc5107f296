using Alignment.Data.Rows;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;
using static Alignment.Data.Tests.TinyTokenizer;

namespace Alignment.Data.Tests.Templates;

public sealed class RowTokensTests
{
    [Fact]
    public void Response_TokensWouldMerge_StayApart()
    {
        var tokens = new RowTokens(Instance, ChatTemplate.Plain, addBos: false);

        var prompt = tokens.Prompt("a", "f:1");

        prompt.ShouldBe([4 + 'a']);
        tokens.Response(prompt, "a", "b", "f:1").Ids.ShouldBe([4 + 'b', End]);
        Instance.Encode("ab").ShouldBe([Ab]);
    }

    [Fact]
    public void Prompt_TextWithChatMl_IsOneUserMessage()
    {
        var tokens = new RowTokens(Instance, ChatTemplate.ChatMl, addBos: false);

        tokens.Prompt("Hi", "f:1").ShouldBe(tokens.Prompt(new Message[] { new("user", "Hi") }, "f:1"));
    }

    [Fact]
    public void Prompt_Bos_OnceAndFirst()
    {
        foreach (var template in new[] { ChatTemplate.Plain, ChatTemplate.ChatMl })
        {
            var tokens = new RowTokens(Instance, template, addBos: true);
            var prompt = tokens.Prompt("<|bos|>Hi", "f:1");
            var response = tokens.Response(prompt, "<|bos|>Hi", "<|bos|>", "f:1");

            prompt[0].ShouldBe(Bos);
            prompt.Concat(response.Ids).Count(id => id == Bos).ShouldBe(1);
            response.AssistantSpans.ShouldBe([new TokenSpan(0, response.Ids.Length)]);
        }

        new RowTokens(Instance, ChatTemplate.Plain, addBos: true).Text("x").ShouldBe([Bos, 4 + 'x', End]);
    }

    [Fact]
    public void Response_TemplateRewritesHistory_RowFails()
    {
        var tokens = new RowTokens(Instance, new ForgetfulTemplate(), addBos: false);
        var prompt = tokens.Prompt("Hi", "f:1");

        var error = Should.Throw<DataFormatException>(() => tokens.Response(prompt, "Hi", "Yo", "f:1"));

        error.Message.ShouldBe("f:1: the forgetful template renders the prompt differently once the response follows (token 2 of 3); use a template that leaves earlier messages as they are");
    }

    [Fact]
    public void Prompt_MessagesWithPlain_RowFails()
    {
        var tokens = new RowTokens(Instance, ChatTemplate.Plain, addBos: false);

        Should.Throw<DataFormatException>(() => tokens.Prompt(new Message[] { new("user", "Hi") }, "f:1")).Message
            .ShouldBe("f:1: the row holds messages, which the template 'plain' cannot render; set template: chatml");
    }

    /// <summary>Renders only the first letter of every message but the last, as templates do that drop earlier reasoning.</summary>
    private sealed class ForgetfulTemplate : ChatTemplate
    {
        public override string Name => "forgetful";

        public override int StopId(TextTokenizer tokenizer) => End;

        public override int[] GenerationPrompt(TextTokenizer tokenizer) => [Start];

        public override RenderedChat Render(TextTokenizer tokenizer, IReadOnlyList<Message> messages, bool generationPrompt)
        {
            int[] ids = [.. messages.SkipLast(1).SelectMany(m => tokenizer.Encode(m.Content[..1])), .. tokenizer.Encode(messages[^1].Content)];
            return new RenderedChat(generationPrompt ? [.. ids, Start] : ids, []);
        }
    }
}
