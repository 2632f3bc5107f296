using Alignment.Data.Rows;

namespace Alignment.Sampling;

/// <summary>A row to respond to.</summary>
/// <param name="Example">Its prompt as ids, its columns.</param>
/// <param name="Prompt">The prompt as it stands in the data.</param>
/// <param name="Completion">The data's own response; null where it is not read.</param>
internal sealed record SourcePrompt(PromptExample Example, Content Prompt, Content? Completion)
{
    /// <summary>Names the prompt in every file, so that rows of one prompt can be kept together.</summary>
    public string Group => RowMeta.GroupOf(Prompt);
}
