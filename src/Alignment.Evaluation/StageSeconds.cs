using Alignment.Training.Runs;

namespace Alignment.Evaluation;

/// <summary>How long the other stages of the run took.</summary>
internal static class StageSeconds
{
    /// <summary>Reads the manifests of the stage folders beside this one.</summary>
    /// <param name="stageFolder">The evaluation's own folder in the run's folder.</param>
    /// <returns>Seconds of each finished stage by name.</returns>
    public static SortedDictionary<string, double> Of(string stageFolder)
    {
        var own = Path.GetFullPath(stageFolder);
        var seconds = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var folder in Directory.GetDirectories(Path.GetDirectoryName(own)!).Where(folder => folder != own))
        {
            if (Manifest(folder) is { Status: StageStatus.Done } manifest)
            {
                seconds[Path.GetFileName(folder)] = manifest.Seconds;
            }
        }

        return seconds;
    }

    private static StageManifest? Manifest(string folder)
    {
        try
        {
            return StageManifest.TryLoad(folder);
        }
        catch (InvalidDataException)
        {
            return null; // some other program's folder; it has no part in the evaluation
        }
    }
}
