namespace Alignment.Objectives.Catalogue;

/// <summary>A named array that an objective reads.</summary>
/// <param name="Name">Its first name.</param>
/// <param name="Shape">For people: [B, T].</param>
/// <param name="Meaning">What it holds.</param>
public sealed record ObjectiveInput(string Name, string Shape, string Meaning)
{
    /// <summary>Other names that mean the same.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Whether the loss has a gradient with respect to it.</summary>
    public bool HasGradient { get; init; }

    /// <summary>Whether a name means this input.</summary>
    /// <param name="name">As given.</param>
    public bool Is(string name) => ObjectiveNames.Same(Name, name) || Aliases.Any(alias => ObjectiveNames.Same(alias, name));
}
