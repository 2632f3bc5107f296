namespace Alignment.Data.Rewards;

/// <summary>The built-in text rewards; in YAML in snake case, e.g. <c>kind: contains_answer</c>.</summary>
public enum RewardKind
{
    /// <summary>1 if the response names the row's answer, and none of the row's other candidates.</summary>
    ContainsAnswer,

    /// <summary>1 if the response is the row's answer and nothing else.</summary>
    ExactMatch,

    /// <summary>1 if the response contains any of the listed phrases.</summary>
    Phrase,

    /// <summary>1 up to a number of words, falling to 0 beyond it.</summary>
    MaxWords,

    /// <summary>1 from a number of words on, falling to 0 below it.</summary>
    MinWords,

    /// <summary>1 if a regular expression matches somewhere in the response.</summary>
    Regex,

    /// <summary>1 if the response's number is the row's.</summary>
    NumericAnswer,

    /// <summary>1 for a length within bounds, falling to 0 outside.</summary>
    Length,

    /// <summary>1 if the response is made of tags in order.</summary>
    Format,

    /// <summary>1 if the response is JSON.</summary>
    Json,

    /// <summary>1 if the response follows the row's checkable instructions, as IFEval has them.</summary>
    Ifeval,
}
