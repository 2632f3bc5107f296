namespace Alignment.Objectives.Catalogue;

/// <summary>A named option of an objective.</summary>
/// <param name="Name">Its first name, TRL's where TRL has one.</param>
/// <param name="Default">A number, a boolean, a word, a list of words, or null for none.</param>
/// <param name="Meaning">What it does.</param>
public sealed record ObjectiveOption(string Name, object? Default, string Meaning)
{
    /// <summary>Other names that mean the same.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The words that it may have; empty where it is no word. A word may be written word=other, where other is an older name.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Whether a name means this option.</summary>
    /// <param name="name">As given.</param>
    public bool Is(string name) => ObjectiveNames.Same(Name, name) || Aliases.Any(alias => ObjectiveNames.Same(alias, name));

    internal string Word(string value)
    {
        var entry = Words.FirstOrDefault(word => word.Split('=').Any(name => ObjectiveNames.Same(name, value)))
            ?? throw new ArgumentException($"option {Name}: '{value}' is not known; it may be {string.Join(", ", Words.Select(word => word.Split('=')[0]))}");
        return entry.Split('=')[0];
    }
}
