using System.ComponentModel;
using Alignment.Data.Collation;
using Alignment.Data.Formats;
using Alignment.Data.Templates;

namespace Alignment.Data.Loading;

/// <summary>How files become examples; the same group of options in every stage.</summary>
public record DataOptions
{
    /// <summary>The chat template; <c>plain</c> uses texts as they stand.</summary>
    [Description("plain (texts as they stand) or chatml (a text prompt becomes a user message, a completion an assistant message)")]
    public string Template { get; init; } = ChatTemplate.Plain.Name;

    /// <summary>The most tokens of prompt and response together. TRL's default.</summary>
    [Description("most tokens of prompt and response together")]
    public int MaxLength { get; init; } = 1024;

    /// <summary>What happens to longer rows.</summary>
    [Description("what happens to longer rows; truncate_prompt keeps the end of the prompt and the whole response")]
    public Overflow Overflow { get; init; } = Overflow.Error;

    /// <summary>What happens to rows that cannot be used.</summary>
    [Description("what happens to rows that cannot be used: stop, or skip, count and list them")]
    public OnError OnError { get; init; } = OnError.Error;

    /// <summary>Where tokenized sets are kept for the next run; empty for nowhere. It changes no result.</summary>
    [Description("folder in which tokenized data sets of a megabyte and more are kept for the next run; empty: nowhere")]
    public string Cache { get; init; } = ".cache/tokens";

    /// <summary>Every problem, in words.</summary>
    /// <returns>One sentence per problem.</returns>
    public IEnumerable<string> Problems()
    {
        if (!ChatTemplate.Names.Contains(Template))
        {
            yield return $"data.template is '{Template}'; use {string.Join(" or ", ChatTemplate.Names)}";
        }

        if (MaxLength < 2)
        {
            yield return $"data.max_length is {MaxLength}; it must be at least 2";
        }
    }
}
