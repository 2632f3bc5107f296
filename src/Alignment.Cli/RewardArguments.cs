using System.CommandLine;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary>The arguments that name reward models and say how their rewards are put together, as the stages' options do.</summary>
/// <param name="description">What the rewards are for.</param>
internal sealed class RewardArguments(string description)
{
    /// <summary>The argument that names a reward model.</summary>
    public const string Name = "--reward-model";

    private readonly Option<string[]> _models = new(Name) { Description = $"{description}; may be repeated for an ensemble", HelpName = "DIR" };
    private readonly Option<RewardAggregation?> _aggregation = new("--reward-aggregation")
    {
        Description = "how several reward models, or the heads of one, are put together: mean, min or lower_confidence; left out: models by their mean, heads as their folder says",
        HelpName = "mean|min|lower_confidence",
        CustomParser = result => Enum.TryParse<RewardAggregation>(result.Tokens[0].Value.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var found) && Enum.IsDefined(found)
            ? found
            : Refuse(result),
    };

    private readonly Option<double> _confidence = new("--reward-confidence") { Description = "standard deviations that lower_confidence takes off among several models", DefaultValueFactory = _ => 1, HelpName = "X" };

    /// <summary>In the order of the help.</summary>
    public IEnumerable<Option> All => [_models, _aggregation, _confidence];

    /// <summary>What was given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="OptionsException">Arguments that do not go together.</exception>
    public Given Read(ParseResult parsed)
    {
        var given = new Given(parsed.GetValue(_models) ?? [], parsed.GetValue(_aggregation), parsed.GetValue(_confidence));
        var problems = RewardModelFolder.Problems(given.Folders, Name, given.Aggregation, given.Confidence).Select(problem => new OptionsProblem("command line", 0, problem)).ToList();
        return problems.Count == 0 ? given : throw new OptionsException(problems);
    }

    private static RewardAggregation? Refuse(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"--reward-aggregation is '{result.Tokens[0].Value}'; use mean, min or lower_confidence");
        return null;
    }

    /// <summary>Reward models, and how their rewards are put together.</summary>
    /// <param name="Folders">The models; none where nobody asked for rewards.</param>
    /// <param name="Aggregation">Null: models by their mean, heads as their folder says.</param>
    /// <param name="Confidence">c of lower_confidence.</param>
    public sealed record Given(IReadOnlyList<string> Folders, RewardAggregation? Aggregation, double Confidence);
}
