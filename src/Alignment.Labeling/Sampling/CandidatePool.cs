using System.Text.Json.Nodes;
using Alignment.Data.Rows;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Sampling;

/// <summary>Answers by prompt. Blank answers and repeated ones are left out and counted: nobody can choose between them.</summary>
public sealed class CandidatePool
{
    private readonly Dictionary<string, PromptPool> _byText = new(StringComparer.Ordinal);
    private readonly List<PromptPool> _prompts = [];

    /// <summary>The prompts in the order in which they came.</summary>
    public IReadOnlyList<PromptPool> Prompts => _prompts;

    /// <summary>Answers left out because they are blank.</summary>
    public int Blank { get; private set; }

    /// <summary>Answers left out because the prompt had the same one.</summary>
    public int Repeated { get; private set; }

    /// <summary>Adds an answer.</summary>
    /// <param name="prompt">What it answers.</param>
    /// <param name="candidate">The answer.</param>
    /// <param name="meta">The other columns of the prompt's row; those of the first answer to a prompt are kept.</param>
    public void Add(Content prompt, Candidate candidate, JsonObject? meta = null)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(candidate);
        if (string.IsNullOrWhiteSpace(candidate.Text))
        {
            Blank++;
            return;
        }

        var text = PromptText.Comparable(PromptText.Of(prompt));
        if (!_byText.TryGetValue(text, out var pool))
        {
            pool = new PromptPool(prompt, meta);
            _byText.Add(text, pool);
            _prompts.Add(pool);
        }

        var compared = PromptText.Comparable(candidate.Text);
        if (pool.Candidates.Any(other => PromptText.Comparable(other.Text) == compared))
        {
            Repeated++;
        }
        else
        {
            pool.Candidates.Add(candidate);
        }
    }
}
