using Alignment.Core.Models;

namespace Alignment.Core.Checkpoints;

/// <summary>A new head in place of whichever head a folder has.</summary>
/// <param name="Source">Draws it.</param>
/// <param name="Head">What its keys begin with; stored ones are left over.</param>
/// <param name="Optional">What the keys of further parts begin with that are new where the folder lacks them; null = there are none.</param>
/// <param name="Replaced">What the keys of the head begin with that it stands for.</param>
internal sealed record FreshParts(IParameterSource Source, string Head, string? Optional, string Replaced)
{
    /// <summary>Whether a key is new in any case.</summary>
    public bool IsNew(string key) => key.StartsWith(Head, StringComparison.Ordinal);

    /// <summary>Whether a key is new where the folder lacks it.</summary>
    public bool MayLack(string key) => Optional is not null && key.StartsWith(Optional, StringComparison.Ordinal);

    /// <summary>Whether a stored key may be left over.</summary>
    public bool MayStay(string key) => IsNew(key) || key.StartsWith(Replaced, StringComparison.Ordinal);
}
