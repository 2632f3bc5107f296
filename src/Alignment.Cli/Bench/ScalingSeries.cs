namespace Alignment.Cli.Bench;

/// <summary>What grows from one measurement to the next.</summary>
internal enum ScalingSeries
{
    /// <summary>An SFT step of so many tokens: its rows grow longer and fewer.</summary>
    Tokens,

    /// <summary>An SFT step of one row, which grows.</summary>
    Row,

    /// <summary>A DPO step of one pair: its prompt grows.</summary>
    Prompt,

    /// <summary>A DPO step of one pair: its completions grow.</summary>
    Completion,

    /// <summary>A DPO step of one pair: the vocabulary grows.</summary>
    Vocabulary,
}
