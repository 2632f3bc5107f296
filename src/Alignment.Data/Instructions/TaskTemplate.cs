namespace Alignment.Data.Instructions;

/// <summary>One way to put a task's rows into words: a prompt, and behind <c>|||</c> (as P3 writes it) its completion.</summary>
internal sealed class TaskTemplate
{
    /// <summary>Parts prompt and completion.</summary>
    public const string Separator = "|||";

    /// <summary>The place of the answer, in words.</summary>
    public const string Answer = "answer";

    /// <summary>The place of the listed options.</summary>
    public const string Options = "options";

    /// <summary>The place of the reasons.</summary>
    public const string Rationale = "rationale";

    /// <summary>Reads a template that <see cref="Problems"/> finds nothing wrong with.</summary>
    /// <param name="text">The template.</param>
    /// <param name="index">Its place among those of its kind.</param>
    /// <param name="option">The option that it stands in, for messages.</param>
    public TaskTemplate(string text, int index, string option)
    {
        var parts = text.Split(Separator, 2);
        (Index, Option) = (index, option);
        Prompt = new PromptTemplate(parts.Length == 2 ? parts[0].TrimEnd() : text);
        Completion = new PromptTemplate(parts.Length == 2 ? parts[1].TrimStart() : $"{{{Answer}}}");
        string[] places = [.. Prompt.Places.Concat(Completion.Places).Distinct(StringComparer.Ordinal)];
        Columns = [.. places.Where(name => name is not (Answer or Options or Rationale))];
        NeedsRationale = places.Contains(Rationale);
        CompletesWithAnswer = Completion.Places.Contains(Answer);
    }

    /// <summary>Its place among those of its kind.</summary>
    public int Index { get; }

    /// <summary>The option that it stands in.</summary>
    public string Option { get; }

    /// <summary>What is asked.</summary>
    public PromptTemplate Prompt { get; }

    /// <summary>What is answered.</summary>
    public PromptTemplate Completion { get; }

    /// <summary>Columns that it needs.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Whether it tells the reasons, which not every row has.</summary>
    public bool NeedsRationale { get; }

    /// <summary>Whether the completion tells the answer, so that every option makes another one.</summary>
    public bool CompletesWithAnswer { get; }

    /// <summary>What is wrong with a template's text; begins in the middle of a sentence.</summary>
    public static IEnumerable<string> Problems(string text)
    {
        var parts = text.Split(Separator);
        if (parts.Length > 2)
        {
            yield return $"has '{Separator}' more than once; it parts the prompt from the completion";
        }

        if (parts.Any(string.IsNullOrWhiteSpace))
        {
            yield return parts.Length == 1 ? "is empty" : $"has nothing {(string.IsNullOrWhiteSpace(parts[0]) ? "before" : "behind")} '{Separator}'";
        }

        foreach (var part in parts)
        {
            string? problem = null;
            try
            {
                _ = new PromptTemplate(part);
            }
            catch (FormatException e)
            {
                problem = e.Message;
            }

            if (problem is not null)
            {
                yield return problem;
            }
        }
    }
}
