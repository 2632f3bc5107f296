using System.Text.Json.Nodes;

namespace Alignment.Data.Rows;

/// <summary>One row of a data set. Rows of a <see cref="Formats.RowReader"/> are checked: no empty answer, no unknown role, no pair with equal sides; those of a conversion are as they came.</summary>
public abstract record DataRow
{
    /// <summary>Where the row stands, <c>file:line</c>; for further items of a JSON array on the same line <c>file:line#item</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Every column of the row as read, those that no row type knows included.</summary>
    public JsonObject Columns { get; init; } = [];

    /// <summary>The names of the columns that the row was made of; all others are <see cref="RowMeta">kept as they are</see>.</summary>
    public IReadOnlyCollection<string> Known { get; init; } = [];

    /// <summary>What the format says about the row beside its texts, by the names in <see cref="RowMeta"/>; null where it says nothing.</summary>
    public JsonObject? Facts { get; init; }
}

/// <summary>Language modelling on text: <c>{"text"}</c>.</summary>
public sealed record TextRow(string Text) : DataRow;

/// <summary>Language modelling on the assistant turns of a conversation: <c>{"messages"}</c>.</summary>
public sealed record MessagesRow(IReadOnlyList<Message> Messages) : DataRow
{
    /// <summary>See <see cref="ChatContent.Variables"/>.</summary>
    public string? Variables { get; init; }
}

/// <summary>A prompt and its completion: <c>{"prompt", "completion"}</c>. Both are text or both are messages.</summary>
public sealed record PromptCompletionRow(Content Prompt, Content Completion) : DataRow;

/// <summary>Two responses to one prompt: <c>{"prompt", "chosen", "rejected"}</c>, or without the prompt where both sides begin with it.</summary>
/// <param name="Prompt">What both sides answer.</param>
/// <param name="Chosen">The better response; text, or one assistant message.</param>
/// <param name="Rejected">The worse response; never equal to the chosen one.</param>
/// <param name="Margin">How much better in units of reward; 0 where the column is missing.</param>
/// <param name="Label">Probability that the chosen side is the better one, in [0, 1]; 0.5 is a tie, 1 where the column is missing.</param>
public sealed record PreferenceRow(Content Prompt, Content Chosen, Content Rejected, double Margin = 0, double Label = 1) : DataRow;

/// <summary>A prompt to answer: <c>{"prompt"}</c>.</summary>
public sealed record PromptRow(Content Prompt) : DataRow;

/// <summary>One response with a verdict: <c>{"prompt", "completion", "label": true}</c>.</summary>
/// <param name="Prompt">What is answered; empty messages where the format has none.</param>
/// <param name="Completion">The response.</param>
/// <param name="Label">Whether it is a good one.</param>
public sealed record UnpairedRow(Content Prompt, Content Completion, bool Label) : DataRow;

/// <summary>A response in steps, each right or wrong: <c>{"prompt", "completions", "labels"}</c>.</summary>
/// <param name="Prompt">What is answered.</param>
/// <param name="Steps">The steps, in order.</param>
/// <param name="Labels">One for each step.</param>
public sealed record StepwiseRow(Content Prompt, IReadOnlyList<Content> Steps, IReadOnlyList<bool> Labels) : DataRow;

/// <summary>K responses to one prompt, ranked or rated.</summary>
/// <param name="Prompt">What is answered.</param>
/// <param name="Responses">In the order of the file.</param>
public sealed record RankedRow(Content Prompt, IReadOnlyList<RankedResponse> Responses) : DataRow;
