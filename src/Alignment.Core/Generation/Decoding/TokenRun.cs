namespace Alignment.Core.Generation.Decoding;

/// <summary>Tokens that follow those in a slot.</summary>
/// <param name="Slot">Where what precedes them is held.</param>
/// <param name="Tokens">At least one id.</param>
internal readonly record struct TokenRun(int Slot, int[] Tokens);
