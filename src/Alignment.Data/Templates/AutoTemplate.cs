using Alignment.Data.Rows;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>What TRL does: messages in the model's own template, text as it stands.</summary>
/// <param name="own">The model's; null when it ships none.</param>
internal sealed class AutoTemplate(ChatTemplate? own) : ChatTemplate
{
    public override string Name => TemplateChoice.Auto;

    public override string Identity => $"{Name} {own?.Identity}";

    public override bool RendersMessages => own is not null;

    public override bool WrapsText => false;

    public override bool RendersTools => own?.RendersTools ?? false;

    public override string? Source => own?.Source;

    public override ChatTemplate On(DateOnly? day) => new AutoTemplate(own?.On(day));

    public override int StopId(TextTokenizer tokenizer) => StopIds(tokenizer)[0];

    public override IReadOnlyList<int> StopIds(TextTokenizer tokenizer)
    {
        var ids = Unless(() => own?.StopIds(tokenizer)) ?? [];
        return ids.Count > 0 && (!tokenizer.HasEos || ids.Contains(tokenizer.EosId)) ? ids : [.. ids, tokenizer.EosId];
    }

    public override int[] GenerationPrompt(TextTokenizer tokenizer) => Unless(() => own?.GenerationPrompt(tokenizer)) ?? [];

    public override RenderedChat Render(TextTokenizer tokenizer, IReadOnlyList<Message> messages, bool generationPrompt) => Own.Render(tokenizer, messages, generationPrompt);

    internal override bool WritesBos(TextTokenizer tokenizer) => Unless(() => own is null ? null : own.WritesBos(tokenizer) ? own : null) is not null;

    internal override int[] Prompt(TextTokenizer tokenizer, ChatContent chat) => Own.Prompt(tokenizer, chat);

    internal override IReadOnlyList<RenderedChat> Sequences(TextTokenizer tokenizer, ChatContent chat, int from) => Own.Sequences(tokenizer, chat, from);

    private ChatTemplate Own => own ?? throw new NotSupportedException("The model folder ships no chat template.");

    /// <summary>A template that fails must not stop rows that do not use it.</summary>
    private static T? Unless<T>(Func<T?> get) where T : class
    {
        try
        {
            return get();
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            return null;
        }
    }
}
