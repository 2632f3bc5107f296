using System.Text.Json.Nodes;
using Alignment.Training.Runs;

namespace Alignment.Training.Pipelines;

/// <summary>What happens to a stage, and why.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Reason">Why, for the user.</param>
public sealed record StageDecision(StageAction Action, string Reason)
{
    /// <summary>Compares a stage with what its folder holds.</summary>
    /// <param name="stage">The stage; what it reads must exist.</param>
    /// <param name="force">Whether to run in any case.</param>
    /// <returns>The decision.</returns>
    public static StageDecision Of(ResolvedStage stage, bool force)
    {
        ArgumentNullException.ThrowIfNull(stage);
        if (force)
        {
            return new StageDecision(StageAction.Run, "forced");
        }

        StageManifest old;
        try
        {
            if (StageManifest.TryLoad(stage.OutputFolder) is not { } found)
            {
                return new StageDecision(StageAction.Run, "no output yet");
            }

            old = found;
        }
        catch (InvalidDataException)
        {
            return new StageDecision(StageAction.Run, "its manifest is damaged");
        }

        var inputs = StageManifest.HashInputs(stage.Inputs.Values);
        if (old.Fingerprint != stage.Fingerprint(inputs))
        {
            return new StageDecision(StageAction.Run, Difference(old, stage, inputs));
        }

        if (old.Status != StageStatus.Done)
        {
            return new StageDecision(StageAction.Resume, "interrupted");
        }

        return old.BrokenResults(stage.OutputFolder) is [var broken, ..]
            ? new StageDecision(StageAction.Run, $"its result '{broken}' is missing or was changed")
            : new StageDecision(StageAction.Skip, "up to date");
    }

    private static string Difference(StageManifest old, ResolvedStage stage, IReadOnlyDictionary<string, string> inputs)
    {
        List<string> reasons = [];
        if (old.Kind != stage.Stage.Kind)
        {
            reasons.Add($"kind was {old.Kind}");
        }

        if (old.Seed != stage.Seed)
        {
            reasons.Add($"seed was {old.Seed}");
        }

        reasons.AddRange(Changed(old.Options, stage.OptionsJson, "").Take(3));
        reasons.AddRange(inputs.Where(i => old.Inputs.TryGetValue(i.Key, out var hash) && hash != i.Value).Select(i => $"input '{i.Key}' changed"));
        return reasons.Count > 0 ? string.Join("; ", reasons) : "its inputs changed";
    }

    private static IEnumerable<string> Changed(JsonNode? old, JsonNode? now, string path)
    {
        if (JsonNode.DeepEquals(old, now))
        {
            return [];
        }

        return old is JsonObject a && now is JsonObject b
            ? a.Select(p => p.Key).Union(b.Select(p => p.Key)).SelectMany(key => Changed(a[key], b[key], path.Length == 0 ? key : $"{path}.{key}"))
            : [$"{path} was {old?.ToJsonString() ?? "not given"}"];
    }
}
