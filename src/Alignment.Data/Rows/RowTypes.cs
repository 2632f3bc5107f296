namespace Alignment.Data.Rows;

/// <summary>The row types that a reader accepts. A row that fits several is read as the first of: preference, prompt-completion, messages, text, prompt.</summary>
[Flags]
public enum RowTypes
{
    /// <summary>None; a reader refuses it.</summary>
    None = 0,

    /// <summary><c>{"text"}</c>.</summary>
    Text = 1,

    /// <summary><c>{"messages"}</c>.</summary>
    Messages = 2,

    /// <summary><c>{"prompt", "completion"}</c>.</summary>
    PromptCompletion = 4,

    /// <summary><c>{"prompt", "chosen", "rejected"}</c> or <c>{"chosen", "rejected"}</c>.</summary>
    Preference = 8,

    /// <summary><c>{"prompt"}</c>; other columns may stand beside it.</summary>
    Prompt = 16,

    /// <summary><c>{"prompt", "completion", "label": true}</c>.</summary>
    Unpaired = 32,

    /// <summary><c>{"prompt", "completions", "labels"}</c>.</summary>
    Stepwise = 64,

    /// <summary>A prompt with responses that are ranked or rated; several formats.</summary>
    Ranked = 128,

    /// <summary>What supervised fine-tuning reads: text, messages and prompt-completion.</summary>
    Supervised = Text | Messages | PromptCompletion,

    /// <summary>Every type that stages train on.</summary>
    Any = Supervised | Preference | Prompt,

    /// <summary>Every type that files hold.</summary>
    All = Any | Unpaired | Stepwise | Ranked,
}
