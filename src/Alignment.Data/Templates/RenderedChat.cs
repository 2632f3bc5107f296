namespace Alignment.Data.Templates;

/// <summary>A conversation as ids.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="AssistantSpans">One span for each assistant message: its content and the EOS that ends it.</param>
public sealed record RenderedChat(int[] Ids, IReadOnlyList<TokenSpan> AssistantSpans);
