using System.Text;

namespace Alignment.Labeling.Chat;

/// <summary>
/// Tokens of texts whose tokenizer nobody knows. Byte-level vocabularies of today's models take 3 to 5 bytes of prose to a token, of code and of other scripts 2 to 3; so 3 bytes a
/// token is an estimate and 2 a bound that hardly any text breaks.
/// </summary>
internal static class TokenEstimate
{
    private const int BytesOfToken = 3;
    private const int BytesOfShortToken = 2;
    private const int TokensOfMessage = 8; // what a template writes around it

    /// <summary>What an answered request took, roughly.</summary>
    public static TokenUsage Of(ChatRequest request, string answer) => new(Prompt(request, BytesOfToken), Tokens(answer, BytesOfToken), Estimated: true);

    /// <summary>The most that a request may take.</summary>
    public static TokenUsage Most(ChatRequest request) => new(Prompt(request, BytesOfShortToken), request.MaxTokens, Estimated: true);

    private static long Prompt(ChatRequest request, int bytes) => request.Messages.Sum(message => Tokens(message.Content, bytes) + TokensOfMessage);

    private static long Tokens(string text, int bytes) => (Encoding.UTF8.GetByteCount(text) + bytes - 1) / bytes;
}
