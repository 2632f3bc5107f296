namespace Alignment.Labeling.Chat;

/// <summary>What servers differ in: asked for until a server refuses it.</summary>
[Flags]
internal enum WireFeatures
{
    /// <summary>Nothing that a server might not know.</summary>
    None = 0,

    /// <summary><c>response_format</c> with a JSON Schema.</summary>
    Schema = 1,

    /// <summary><c>seed</c>.</summary>
    Seed = 2,

    /// <summary>The limit is called <c>max_tokens</c>, not <c>max_completion_tokens</c>.</summary>
    MaxTokens = 4,
}
