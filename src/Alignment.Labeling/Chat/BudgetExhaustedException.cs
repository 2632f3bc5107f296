namespace Alignment.Labeling.Chat;

/// <summary>The budget has no room for another request.</summary>
/// <param name="message">Which limit, what is spent, what the request might take.</param>
public sealed class BudgetExhaustedException(string message) : Exception(message);
