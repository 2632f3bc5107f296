using System.Text.Json;
using Alignment.Objectives.Catalogue;

namespace Alignment.Cli;

/// <summary>One evaluation that a file asks for.</summary>
/// <param name="Objective">Of what.</param>
/// <param name="Place">Where it stands, for messages.</param>
/// <param name="Inputs">Arrays by name.</param>
/// <param name="Options">Options by name.</param>
/// <param name="Expected">Results that the record holds, by name.</param>
internal sealed record ObjectiveRecord(
    Objective Objective, string Place, IReadOnlyDictionary<string, JsonElement> Inputs, IReadOnlyDictionary<string, JsonElement> Options, IReadOnlyDictionary<string, JsonElement> Expected)
{
    /// <summary>Names among the arrays and options that the objective does not read and that resemble none of its own: what another program keeps beside them.</summary>
    public IReadOnlyList<string> NotRead { get; init; } = [];

    /// <summary>Whether the results were computed in single precision: they cannot agree more closely than 1e-5.</summary>
    public bool IsSingle { get; init; }
}
