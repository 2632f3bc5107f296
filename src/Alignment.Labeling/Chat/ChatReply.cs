namespace Alignment.Labeling.Chat;

/// <summary>An answer.</summary>
/// <param name="Text">What the model wrote; may be empty.</param>
/// <param name="Finish">Why it ended.</param>
/// <param name="Usage">What it took.</param>
public sealed record ChatReply(string Text, ChatFinish Finish, TokenUsage Usage);
