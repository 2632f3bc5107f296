namespace Alignment.Labeling.Chat;

/// <summary>Why an answer ended.</summary>
public enum ChatFinish
{
    /// <summary>The model ended it.</summary>
    Stop,

    /// <summary>The limit on tokens was reached.</summary>
    Length,

    /// <summary>The server held it back.</summary>
    Filtered,

    /// <summary>Something else, or nobody said.</summary>
    Other,
}
