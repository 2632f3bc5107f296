using System.Text.Json.Nodes;

namespace Alignment.Core.Lora;

/// <summary>Which projections an adapter updates.</summary>
/// <param name="Names">Full names or ends of names; with <paramref name="IsPattern"/> one text: <c>all-linear</c> or a regular expression for full names.</param>
/// <param name="IsPattern">Whether the text is to be read so.</param>
public sealed record TargetModules(IReadOnlyList<string> Names, bool IsPattern)
{
    /// <summary>PEFT's word for every projection but the output layer.</summary>
    public const string AllLinearName = "all-linear";

    /// <summary>Characters that only a regular expression has.</summary>
    private const string PatternCharacters = @"*+?[](){}|\^$";

    /// <summary>Every projection but the output layer.</summary>
    public static TargetModules AllLinear { get; } = new([AllLinearName], IsPattern: true);

    /// <summary>Names that are left out all the same.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>Whether <see cref="Excluded"/> is one regular expression.</summary>
    public bool ExcludedIsPattern { get; init; }

    /// <summary>Numbers of the layers that are meant; empty for all. PEFT's <c>layers_to_transform</c>.</summary>
    public IReadOnlyList<int> Layers { get; init; } = [];

    /// <summary>Whether every projection but the output layer is meant.</summary>
    public bool IsAllLinear => IsPattern && Names is [var only] && only.Equals(AllLinearName, StringComparison.OrdinalIgnoreCase);

    /// <summary>From names as an option gives them: a single one that is <c>all-linear</c> or has a character that no name has is a pattern.</summary>
    /// <param name="names">At least one.</param>
    public static TargetModules Of(IReadOnlyList<string> names) =>
        new(names, names is [var only] && (only.Equals(AllLinearName, StringComparison.OrdinalIgnoreCase) || only.AsSpan().ContainsAny(PatternCharacters)));

    /// <summary>Whether a projection is meant.</summary>
    /// <param name="module">Its full name.</param>
    /// <param name="isOutput">Whether it is the output layer or a head, which <c>all-linear</c> leaves out.</param>
    /// <exception cref="InvalidDataException">A pattern is no regular expression.</exception>
    public bool Include(string module, bool isOutput)
    {
        var included = IsAllLinear ? !isOutput : IsPattern ? ModuleNames.Matches(module, Names[0]) : Names.Any(name => ModuleNames.EndsIn(module, name));
        return included && (Layers.Count == 0 || ModuleNames.LayerOf(module) is { } layer && Layers.Contains(layer)) && !(ExcludedIsPattern ? ModuleNames.Matches(module, Excluded[0]) : Excluded.Any(name => ModuleNames.EndsIn(module, name)));
    }

    /// <summary>As PEFT stores it.</summary>
    internal JsonNode ToJson() => IsPattern ? Names[0] : new JsonArray([.. Names.Select(name => (JsonNode)name)]);
}
