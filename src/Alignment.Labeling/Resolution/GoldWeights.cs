using Alignment.Labeling.Agreement;

namespace Alignment.Labeling.Resolution;

/// <summary>
/// The weight of each annotator's votes by gold tasks: ln(a (K − 1) / (1 − a)) for K candidates, at least 0, the weight that makes the weighted majority the likeliest
/// verdict when errors fall on all other candidates alike. The accuracy a is (right + 2 ā) / (answered + 2), drawn towards the accuracy ā of all annotators
/// together, so that one lucky answer is no certainty.
/// </summary>
public sealed class GoldWeights
{
    private const double Prior = 2;

    private readonly Dictionary<string, (int Right, int Answered)> _answers;

    private GoldWeights(Dictionary<string, (int Right, int Answered)> answers) => _answers = answers;

    /// <summary>Counts answers to gold tasks.</summary>
    /// <param name="tasks">Tasks with votes.</param>
    /// <exception cref="InvalidDataException">Nobody has answered a gold task.</exception>
    public static GoldWeights Of(IEnumerable<VotedTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        Dictionary<string, (int Right, int Answered)> answers = new(StringComparer.Ordinal);
        foreach (var task in tasks.Where(task => task.Task.Gold is not null))
        {
            foreach (var vote in task.Decided)
            {
                var (right, answered) = answers.GetValueOrDefault(vote.Annotator);
                answers[vote.Annotator] = (right + (vote.Choice == task.Task.Gold ? 1 : 0), answered + 1);
            }
        }

        return answers.Count > 0
            ? new(answers)
            : throw new InvalidDataException("nobody has voted on a gold task, so votes cannot be weighted by accuracy: export with gold items, or take the method majority or dawid_skene");
    }

    /// <summary>The accuracy of an annotator, as it enters the weight.</summary>
    /// <param name="annotator">The name; somebody without gold answers has the accuracy of all.</param>
    public double Accuracy(string annotator)
    {
        var all = _answers.Values.Sum(one => one.Right) / (double)_answers.Values.Sum(one => one.Answered);
        var (right, answered) = _answers.GetValueOrDefault(annotator);
        return (right + (Prior * all)) / (answered + Prior);
    }

    /// <summary>The weight of an annotator's votes on a task with so many candidates.</summary>
    /// <param name="annotator">The name.</param>
    /// <param name="candidates">Candidates, K.</param>
    public double Weight(string annotator, int candidates)
    {
        var accuracy = Math.Min(Accuracy(annotator), 0.999); // all right so far is not never wrong
        return Math.Max(0, Math.Log(accuracy * (candidates - 1) / (1 - accuracy)));
    }
}
