namespace Alignment.Core.Numerics;

/// <summary>A prompt and one response to it, as ids.</summary>
/// <param name="Prompt">At least one id, the generation prompt of a chat template included.</param>
/// <param name="Response">At least one id, the stop token included where there is one.</param>
public readonly record struct PromptedResponse(int[] Prompt, int[] Response)
{
    /// <summary>Tokens of both.</summary>
    public int Length => Prompt.Length + Response.Length;
}
