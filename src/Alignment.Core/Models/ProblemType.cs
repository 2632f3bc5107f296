namespace Alignment.Core.Models;

/// <summary>What a classifier's labels mean; <c>problem_type</c> of Hugging Face's <c>config.json</c>.</summary>
public enum ProblemType
{
    /// <summary>One class of several; cross entropy.</summary>
    SingleLabel,

    /// <summary>Any number of classes at once; binary cross entropy of each.</summary>
    MultiLabel,

    /// <summary>Numbers; mean squared error.</summary>
    Regression,
}
