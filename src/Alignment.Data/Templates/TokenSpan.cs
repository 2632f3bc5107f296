namespace Alignment.Data.Templates;

/// <summary>Tokens from <paramref name="Start"/> up to, not including, <paramref name="End"/>.</summary>
public readonly record struct TokenSpan(int Start, int End)
{
    /// <summary>Tokens in the span.</summary>
    public int Length => End - Start;
}
