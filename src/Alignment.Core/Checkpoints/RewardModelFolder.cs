using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Checkpoints;

/// <summary>Reward models as judges of responses, one or several: how each is loaded, and how their rewards become one. The same for training stages, evaluation, labelling and commands.</summary>
public static class RewardModelFolder
{
    /// <summary>Refuses a folder that holds no reward model.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="option">The option that names it, for the message.</param>
    /// <exception cref="InvalidDataException">It holds another model.</exception>
    public static void Check(string folder, string option)
    {
        var config = ModelConfig.Load(folder);
        if (!config.IsClassifier)
        {
            throw new InvalidDataException($"{folder}: {option} holds a {config.Architecture ?? "model without an architecture"}, which scores nothing; name the model folder of a reward stage");
        }
    }

    /// <summary>Loads a reward model; heads are put together as asked.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="option">The option that names it, for messages.</param>
    /// <param name="aggregation">How rewards are put together; null: as the folder says.</param>
    /// <param name="models">How many reward models there are: among several, one without heads is a member and needs none.</param>
    /// <param name="device">Where to.</param>
    /// <param name="computeType">Type of the matrix products.</param>
    /// <param name="frozen">Whether nothing of it is trained.</param>
    /// <exception cref="InvalidDataException">It holds another model, or heads that cannot be put together so.</exception>
    public static ScalarHeadModel Load(
        string folder, string option, RewardAggregation? aggregation = null, int models = 1, Device? device = null, ScalarType computeType = ScalarType.Float32, bool frozen = false)
    {
        Check(folder, option);
        var model = ModelFolder.LoadScalarHead(folder, device: device, computeType: computeType, frozen: frozen);
        try
        {
            Aggregate(model, aggregation, models, folder, option);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>One reward for each response of the normalised rewards of several models; not scaled again.</summary>
    /// <param name="members">Of each model, a reward for each response.</param>
    /// <param name="aggregation">How; null: by their mean.</param>
    /// <param name="confidence">c of <see cref="RewardAggregation.LowerConfidence"/>.</param>
    public static double[] Together(IReadOnlyList<double[]> members, RewardAggregation? aggregation, double confidence) => members is [var only]
        ? only
        : [.. Enumerable.Range(0, members[0].Length).Select(row => RewardEnsemble.Aggregate([.. members.Select(member => member[row])], aggregation ?? RewardAggregation.Mean, confidence))];

    /// <summary>What is wrong with the options that name reward models.</summary>
    /// <param name="folders">The models.</param>
    /// <param name="option">The option that names them.</param>
    /// <param name="aggregation">As given.</param>
    /// <param name="confidence">As given.</param>
    /// <returns>One sentence a problem.</returns>
    public static IEnumerable<string> Problems(IReadOnlyList<string> folders, string option, RewardAggregation? aggregation, double confidence)
    {
        if (aggregation is not null && folders.Count == 0)
        {
            yield return $"reward_aggregation is given without {option}; leave it out";
        }

        if (folders.Distinct().Count() < folders.Count)
        {
            yield return $"{option} names a folder twice; an ensemble needs different models";
        }

        if (!(confidence >= 0 && double.IsFinite(confidence)))
        {
            yield return FormattableString.Invariant($"reward_confidence is {confidence}; it must be at least 0");
        }
    }

    private static void Aggregate(ScalarHeadModel model, RewardAggregation? wanted, int models, string folder, string option)
    {
        if (wanted is not { } aggregation || (model.Ensemble is null && models > 1))
        {
            return;
        }

        if (model.Ensemble?.Moments.ContainsKey(aggregation) != true)
        {
            throw new InvalidDataException(model.Ensemble is null
                ? $"reward_aggregation is given, but {option} '{folder}' is one model with one head; name several models, or leave it out"
                : $"{option} '{folder}' has heads whose rewards nobody scaled; give the output of a reward stage");
        }

        model.UseAggregation(aggregation);
    }
}
