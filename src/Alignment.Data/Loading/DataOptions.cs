using System.ComponentModel;
using System.Globalization;
using Alignment.Data.Collation;
using Alignment.Data.Formats;
using Alignment.Data.Templates;

namespace Alignment.Data.Loading;

/// <summary>How files become examples; the same group of options in every stage.</summary>
public record DataOptions
{
    /// <summary>The chat template. What the model folder ships is the default for messages, as in TRL; texts stay as they stand.</summary>
    [Description(TemplateChoice.Values)]
    public string Template { get; init; } = TemplateChoice.Auto;

    /// <summary>The day that a template tells where it writes today's date, so that a run can be repeated.</summary>
    [Description("the day (2026-01-31) that templates with a date in them tell")]
    public string? TemplateDate { get; init; }

    /// <summary>Puts a system message before prompts that have none; null for none.</summary>
    [Description("system messages for prompts that have none")]
    public SystemOptions? System { get; init; }

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
        if (TemplateChoice.Problem(Template) is { } problem)
        {
            yield return $"data.template {problem}";
        }

        if (TemplateDate is not null && Day is null)
        {
            yield return $"data.template_date is '{TemplateDate}'; it must be a day such as 2026-01-31";
        }

        if (MaxLength < 2)
        {
            yield return $"data.max_length is {MaxLength}; it must be at least 2";
        }
    }

    /// <summary>The day of <see cref="TemplateDate"/>; null where there is none.</summary>
    internal DateOnly? Day => DateOnly.TryParseExact(TemplateDate, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
