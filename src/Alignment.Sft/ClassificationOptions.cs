using System.ComponentModel;
using Alignment.Core.Models;
using Alignment.Data.Formats;

namespace Alignment.Sft;

/// <summary>What a classifier is to tell apart, and where rows hold it.</summary>
public sealed record ClassificationOptions : LabelledColumns
{
    /// <summary>The labels' names by index; empty takes the model's own or those in the training rows.</summary>
    [Description("names of the labels, by index; when left out the model's own, or those found in the training rows")]
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>What a label means.</summary>
    [Description("one class of several, any number of them at once, or numbers")]
    public ProblemType Problem { get; init; } = ProblemType.SingleLabel;

    /// <summary>Every problem, in words.</summary>
    /// <returns>One sentence per problem.</returns>
    public IEnumerable<string> Problems()
    {
        if (Labels.Count == 1 && Problem == ProblemType.SingleLabel)
        {
            yield return "classification.labels has one name; a class of several needs at least two, or set problem: regression";
        }

        if (Labels.Distinct().Count() < Labels.Count)
        {
            yield return "classification.labels names a label twice";
        }
    }
}
