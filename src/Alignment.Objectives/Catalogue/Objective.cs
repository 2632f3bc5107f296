namespace Alignment.Objectives.Catalogue;

/// <summary>A public objective as a function of named arrays and options, for looking at and for comparing with other programs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Formula">In one line.</param>
/// <param name="Paper">Where it is from.</param>
/// <param name="Evaluate">The function.</param>
public sealed record Objective(string Name, string Formula, string Paper, Func<ObjectiveCase, ObjectiveValues> Evaluate)
{
    /// <summary>Other names that mean the same.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The arrays that it reads; most are needed in some layouts only.</summary>
    public IReadOnlyList<ObjectiveInput> Inputs { get; init; } = [];

    /// <summary>The options that it reads.</summary>
    public IReadOnlyList<ObjectiveOption> Options { get; init; } = [];

    /// <summary>Whether a name means this objective.</summary>
    /// <param name="name">As given.</param>
    public bool Is(string name) => ObjectiveNames.Same(Name, name) || Aliases.Any(alias => ObjectiveNames.Same(alias, name));

    /// <summary>The same function under another name, with other defaults.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="formula">In one line.</param>
    /// <param name="paper">Where it is from.</param>
    /// <param name="defaults">Defaults that differ.</param>
    public Objective Preset(string name, string formula, string paper, params (string Option, object? Default)[] defaults) => this with
    {
        Name = name,
        Formula = formula,
        Paper = paper,
        Aliases = [],
        Options = [.. Options.Select(option => defaults.FirstOrDefault(d => d.Option == option.Name) is { Option: not null } own ? option with { Default = own.Default } : option)],
    };
}
