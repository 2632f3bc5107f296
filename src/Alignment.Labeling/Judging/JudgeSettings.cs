using Alignment.Labeling.Formats;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Judging;

/// <summary>What makes a judge this judge and no other: with any of it changed, its answers are another annotator's.</summary>
public sealed record JudgeSettings
{
    /// <summary>Counted up when the questions' wording changes.</summary>
    public const int CurrentWording = 1;

    /// <summary>The most samples of a question.</summary>
    public const int MostSamples = 99;

    /// <summary>The annotator's name.</summary>
    public required string Name { get; init; }

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>What makes an answer better.</summary>
    public string Rubric { get; init; } = JudgeRubric.Default;

    /// <summary>Times each question is asked, in each order.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>How samples become one verdict.</summary>
    public SampleRule Aggregate { get; init; }

    /// <summary>Whether the judge may say that nobody is better.</summary>
    public bool Tie { get; init; } = true;

    /// <summary>Whether the judge may say that nobody is any good.</summary>
    public bool BothBad { get; init; } = true;

    /// <summary>Whether the rules go into a system message; else they stand before the texts.</summary>
    public bool SystemMessage { get; init; } = true;

    /// <summary>Divides the logits.</summary>
    public double Temperature { get; init; }

    /// <summary>The most tokens of an answer.</summary>
    public int MaxTokens { get; init; } = 1024;

    /// <summary>Of the sampling.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The version of the questions' wording.</summary>
    public int Wording { get; init; } = CurrentWording;

    /// <summary>Every rule that is broken.</summary>
    /// <returns>One sentence per problem, each beginning with the option's name.</returns>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > Vote.LongestAnnotator || Name.Any(char.IsControl))
        {
            yield return $"name must be 1 to {Vote.LongestAnnotator} characters without control characters";
        }

        if (string.IsNullOrWhiteSpace(Rubric))
        {
            yield return "rubric is empty; say what makes an answer better";
        }

        if (Samples is < 1 or > MostSamples)
        {
            yield return $"samples is {Samples}; it must be from 1 to {MostSamples}";
        }

        if (Samples > 1 && Temperature == 0)
        {
            yield return $"samples is {Samples} with temperature 0, which asks for the same answer {Samples} times; raise the temperature";
        }

        if (!(Temperature >= 0) || double.IsInfinity(Temperature))
        {
            yield return FormattableString.Invariant($"temperature is {Temperature}; it must be 0 or more");
        }

        if (MaxTokens is < 1 or > 1_000_000)
        {
            yield return $"max_tokens is {MaxTokens}; it must be from 1 to 1000000";
        }
    }

    /// <summary>The names of the settings that differ.</summary>
    /// <param name="other">The other judge.</param>
    public IReadOnlyList<string> Differences(JudgeSettings other)
    {
        var (mine, theirs) = (Json(this), Json(other));
        return [.. mine.Where(pair => !System.Text.Json.Nodes.JsonNode.DeepEquals(pair.Value, theirs[pair.Key])).Select(pair => pair.Key)];
    }

    private static System.Text.Json.Nodes.JsonObject Json(JudgeSettings settings) => System.Text.Json.JsonSerializer.SerializeToNode(settings, LabelJson.Line)!.AsObject();
}
