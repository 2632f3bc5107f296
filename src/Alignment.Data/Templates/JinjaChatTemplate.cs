using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Alignment.Data.Jinja;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>
/// A template in Jinja, rendered and tokenized as transformers' <c>apply_chat_template</c> does: the text as a whole, special tokens' strings in it
/// become those tokens, but not those that a message brought.
/// </summary>
internal sealed class JinjaChatTemplate : ChatTemplate
{
    private readonly JinjaTemplate _template;
    private readonly JinjaTemplate? _toolTemplate;
    private readonly IReadOnlyList<string> _specials;
    private readonly DateTimeOffset? _now;
    private readonly Lazy<string> _identity;
    private (TextTokenizer Tokenizer, TurnEnd End)? _end;

    /// <summary>Reads a template.</summary>
    /// <param name="path">Where it stands, for messages.</param>
    /// <param name="source">Its text.</param>
    /// <param name="name">The name that options use; null = the path.</param>
    /// <param name="toolSource">The template in its place where a row has tools; null where one serves both.</param>
    /// <param name="specials">Special tokens that the tokenizer must have.</param>
    /// <exception cref="JinjaException">It cannot be read.</exception>
    public JinjaChatTemplate(string path, string source, string? name = null, string? toolSource = null, IReadOnlyList<string>? specials = null)
        : this(name ?? path, JinjaTemplate.Parse(path, source), toolSource is null ? null : JinjaTemplate.Parse($"{path} (tool_use)", toolSource), specials ?? [], null)
    {
    }

    private JinjaChatTemplate(string name, JinjaTemplate template, JinjaTemplate? toolTemplate, IReadOnlyList<string> specials, DateTimeOffset? now)
    {
        (Name, _template, _toolTemplate, _specials, _now) = (name, template, toolTemplate, specials, now);
        _identity = new(() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{_template.Source}\0{_toolTemplate?.Source}\0{_now:O}"))));
    }

    public override string Name { get; }

    public override string Identity => _identity.Value;

    public override string Source => _template.Source;

    public override bool RendersTools => true;

    public override ChatTemplate On(DateOnly? day) =>
        new JinjaChatTemplate(Name, _template, _toolTemplate, _specials, day is { } date ? new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero) : null);

    public override int StopId(TextTokenizer tokenizer) => End(tokenizer).StopId;

    public override int[] GenerationPrompt(TextTokenizer tokenizer)
    {
        CheckSpecials(tokenizer);
        var (with, start) = Prompting(tokenizer);
        return TemplateTokens.Encode(tokenizer, with, start, with.Value.Length);
    }

    public override RenderedChat Render(TextTokenizer tokenizer, IReadOnlyList<Message> messages, bool generationPrompt) => generationPrompt
        ? new(Prompt(tokenizer, new(messages)), [])
        : Sequences(tokenizer, new(messages), 0)[0];

    internal override bool WritesBos(TextTokenizer tokenizer) =>
        tokenizer.BosId is { } bos && Prompt(tokenizer, new([new Message(Message.User, "?")])) is [var first, ..] && first == bos;

    internal override int[] Prompt(TextTokenizer tokenizer, ChatContent chat)
    {
        CheckSpecials(tokenizer);
        var text = Write(tokenizer, chat, chat.Messages.Count, generationPrompt: true);
        return TemplateTokens.Encode(tokenizer, text, 0, text.Value.Length);
    }

    internal override IReadOnlyList<RenderedChat> Sequences(TextTokenizer tokenizer, ChatContent chat, int from)
    {
        CheckSpecials(tokenizer);
        var count = chat.Messages.Count;
        var whole = Whole(tokenizer, chat);
        if (whole.Origin.HasFlag(TextOrigin.Generation))
        {
            return [TemplateTokens.Generated(tokenizer, whole)];
        }

        var end = End(tokenizer);
        var shared = new List<TurnText>();
        var apart = new List<RenderedChat>();
        for (var i = from; i < count; i++)
        {
            if (chat.Messages[i].Role != Message.Assistant)
            {
                continue;
            }

            var answered = i == count - 1 ? whole : Write(tokenizer, chat, i + 1, generationPrompt: false);
            var prompt = i == 0 ? Opening(tokenizer, answered) : Write(tokenizer, chat, i, generationPrompt: true);
            var turn = TurnText.Of($"message {i + 1} (by the assistant)", prompt, answered, end, tokenizer);
            if (!end.IsAdded && whole.Value.AsSpan().StartsWith(turn.Text.Value.AsSpan(0, turn.End), StringComparison.Ordinal))
            {
                shared.Add(turn);
            }
            else
            {
                apart.Add(TemplateTokens.Of(tokenizer, turn.Text, [turn], end));
            }
        }

        return shared.Count == 0 && apart.Count > 0 ? apart : [TemplateTokens.Of(tokenizer, whole, shared, end), .. apart];
    }

    private Text Whole(TextTokenizer tokenizer, ChatContent chat)
    {
        try
        {
            return Write(tokenizer, chat, chat.Messages.Count, generationPrompt: false);
        }
        catch (JinjaException e) when (chat.Messages is [{ Role: Message.Assistant }, ..])
        {
            throw new JinjaException($"message 1 (by the assistant) begins the conversation, which the template may not allow: {e.Message}; begin with a user's message");
        }
    }

    /// <summary>What stands before the answer of a conversation that begins with it; templates are not made to prompt for that.</summary>
    private Text Opening(TextTokenizer tokenizer, Text answered)
    {
        var (with, start) = Prompting(tokenizer);
        var header = with.Value[start..];
        foreach (var run in answered.Runs.Where(run => run.Origin.HasFlag(TextOrigin.Content)))
        {
            if (answered.Slice(0, run.Start) is var opening && opening.Value.EndsWith(header, StringComparison.Ordinal))
            {
                return opening;
            }
        }

        throw new JinjaException("message 1 (by the assistant) begins the conversation, and the template does not write it as it prompts for answers; begin with a user's message");
    }

    /// <summary>A rendering that prompts for an answer, and where in it the generation prompt begins.</summary>
    private (Text Text, int Start) Prompting(TextTokenizer tokenizer)
    {
        ChatContent asked = new([new Message(Message.User, "?")]);
        var (without, with) = (Write(tokenizer, asked, 1, generationPrompt: false), Write(tokenizer, asked, 1, generationPrompt: true));
        return (with, with.Value.StartsWith(without.Value, StringComparison.Ordinal) ? without.Value.Length : with.Value.Length);
    }

    private TurnEnd End(TextTokenizer tokenizer)
    {
        if (_end is { } known && known.Tokenizer == tokenizer)
        {
            return known.End;
        }

        CheckSpecials(tokenizer);
        var probe = Write(tokenizer, new([new Message(Message.User, "?"), new Message(Message.Assistant, "!")]), 2, generationPrompt: false);
        var end = TurnEnd.Of(tokenizer, probe);
        _end = (tokenizer, end);
        return end;
    }

    private void CheckSpecials(TextTokenizer tokenizer)
    {
        if (_specials.FirstOrDefault(token => tokenizer.SpecialId(token) is null) is { } missing)
        {
            throw new InvalidDataException($"The tokenizer has no special token {missing}, which the {Name} template needs; use another template.");
        }
    }

    /// <summary>The first messages of a conversation as text.</summary>
    private Text Write(TextTokenizer tokenizer, ChatContent chat, int count, bool generationPrompt)
    {
        var variables = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["messages"] = new ListValue([.. chat.Messages.Take(count).Select(TemplateValues.Of)]),
            ["tools"] = None.Value,
            ["documents"] = None.Value,
            ["add_generation_prompt"] = generationPrompt,
        };
        foreach (var (name, token) in TemplateValues.Specials(tokenizer))
        {
            variables[name] = token;
        }

        foreach (var (name, value) in chat.Variables is { } json ? JsonNode.Parse(json)!.AsObject() : [])
        {
            variables[name] = JsonValues.Of(value);
        }

        return (_toolTemplate is not null && variables["tools"] is ListValue ? _toolTemplate : _template).Render(variables, _now);
    }
}
