using System.Text.Json.Nodes;
using Alignment.Data.Rows;
using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Sampling;

/// <summary>A prompt with everything that was answered to it.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Meta">The other columns of its row.</param>
public sealed record PromptPool(Content Prompt, JsonObject? Meta)
{
    /// <summary>The answers, no two alike.</summary>
    public List<Candidate> Candidates { get; } = [];

    /// <summary>For each reward model the raw reward of each candidate.</summary>
    public List<double[]> Rewards { get; } = [];
}
