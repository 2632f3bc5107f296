using Alignment.Data.Rows;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>No template: text only, ended by the tokenizer's EOS.</summary>
internal sealed class PlainTemplate : ChatTemplate
{
    public override string Name => "plain";

    public override bool RendersMessages => false;

    public override int StopId(TextTokenizer tokenizer) => tokenizer.EosId;

    public override int[] GenerationPrompt(TextTokenizer tokenizer) => [];

    public override RenderedChat Render(TextTokenizer tokenizer, IReadOnlyList<Message> messages, bool generationPrompt) =>
        throw new NotSupportedException("The plain template has no form for messages; use chatml.");
}
