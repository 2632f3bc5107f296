using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Serilog;

namespace Alignment.Training.Runs;

/// <summary>
/// The step folders of one stage: <c>checkpoints/step-00000100/</c>. A folder is written aside, synced and renamed, so it is whole or absent;
/// <c>checkpoint.json</c> in it holds the hash of every file, so later damage is found.
/// </summary>
/// <param name="folder">The <c>checkpoints</c> folder; made at the first save.</param>
/// <param name="fingerprint">The stage's fingerprint; a checkpoint of another one is refused.</param>
/// <param name="log">Told about damaged checkpoints.</param>
/// <param name="keepLast">How many of the newest to keep, at least 1; the best one is kept besides.</param>
public sealed class CheckpointStore(string folder, string fingerprint, ILogger log, int keepLast = 2)
{
    private const string IndexName = "checkpoint.json";
    private const string Prefix = "step-";

    /// <summary>Writes a checkpoint, then removes the ones that are no longer wanted.</summary>
    /// <param name="step">Optimizer steps done.</param>
    /// <param name="parts">What to write.</param>
    /// <param name="state">The loop's small state.</param>
    /// <param name="bestStep">The step of the best checkpoint, which is kept whatever its age.</param>
    /// <exception cref="IOException">The disk is full; earlier checkpoints are untouched.</exception>
    public void Save(long step, IReadOnlyList<CheckpointPart> parts, JsonObject state, long? bestStep = null)
    {
        try
        {
            Write(step, parts, state);
        }
        catch (IOException error)
        {
            throw new IOException(
                $"the checkpoint of step {step} cannot be written to '{folder}': {error.Message.TrimEnd('.')}; free the space and run the same command again, it goes on from the checkpoint before",
                error);
        }

        Prune(step, bestStep);
    }

    /// <summary>The newest whole checkpoint; damaged ones are told about and passed over, and everything newer than it is removed.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="InvalidDataException">It belongs to a run with other options, seed or inputs.</exception>
    public SavedCheckpoint? Latest()
    {
        foreach (var step in Steps().OrderDescending())
        {
            if (TryOpen(step) is { } checkpoint)
            {
                return checkpoint;
            }

            AtomicFile.RemoveFolder(FolderOf(step));
        }

        return null;
    }

    /// <summary>The checkpoint of one step.</summary>
    /// <param name="step">Optimizer steps done.</param>
    /// <returns>Null when it is missing or damaged; the log says which file.</returns>
    /// <exception cref="InvalidDataException">It belongs to a run with other options, seed or inputs.</exception>
    public SavedCheckpoint? TryOpen(long step)
    {
        var place = FolderOf(step);
        try
        {
            var index = (JsonObject)(JsonNode.Parse(File.ReadAllText(Path.Combine(place, IndexName))) ?? throw new JsonException("null"));
            var hash = (string?)index["hash"];
            index.Remove("hash");
            if (ContentHash.OfJson(index) != hash)
            {
                throw new InvalidDataException($"'{IndexName}' is not as it was written");
            }

            if ((string?)index["fingerprint"] != fingerprint)
            {
                throw new CheckpointMismatchException(
                    $"checkpoint '{place}' belongs to a run with other options, seed or inputs; restore those, or remove the stage's folder to start afresh");
            }

            foreach (var (name, expected) in (JsonObject)index["files"]!)
            {
                var path = Path.Combine(place, name);
                if (!File.Exists(path) || ContentHash.OfFile(path) != (string?)expected)
                {
                    throw new InvalidDataException($"'{name}' is missing or not as it was written");
                }
            }

            return new SavedCheckpoint((long)index["step"]!, place, (JsonObject)index["state"]!.DeepClone());
        }
        catch (CheckpointMismatchException error)
        {
            throw new InvalidDataException(error.Message, error);
        }
        catch (Exception error) when (error is InvalidDataException or JsonException or InvalidCastException or InvalidOperationException or FileNotFoundException or DirectoryNotFoundException)
        {
            log.Warning("Checkpoint {Folder} is damaged ({Reason}); going back to the one before it", place, error.Message.TrimEnd('.'));
            return null;
        }
    }

    /// <summary>Every whole checkpoint, oldest first; damaged ones are told about and passed over.</summary>
    /// <exception cref="InvalidDataException">One belongs to a run with other options, seed or inputs.</exception>
    public IReadOnlyList<SavedCheckpoint> All() => [.. Steps().Order().Select(TryOpen).OfType<SavedCheckpoint>()];

    /// <summary>The newest checkpoint of a folder that is not after a step.</summary>
    /// <param name="folder">A stage's <c>checkpoints</c> folder; may be missing.</param>
    /// <param name="step">Optimizer steps done.</param>
    /// <returns>Its folder; null when there is none.</returns>
    public static string? NewestUpTo(string folder, long step) =>
        StepsIn(folder).Where(known => known <= step).OrderDescending().Select(known => FolderOf(folder, known)).FirstOrDefault();

    private void Write(long step, IReadOnlyList<CheckpointPart> parts, JsonObject state)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.WriteFolder(FolderOf(step), partial =>
        {
            var files = new JsonObject();
            foreach (var part in parts)
            {
                var path = Path.Combine(partial, part.FileName);
                part.Save(path);
                files[part.FileName] = ContentHash.OfFile(path);
            }

            var index = new JsonObject { ["step"] = step, ["fingerprint"] = fingerprint, ["state"] = state.DeepClone(), ["files"] = files };
            index["hash"] = ContentHash.OfJson(index);
            File.WriteAllText(Path.Combine(partial, IndexName), index.ToJsonString());
        });
    }

    private IEnumerable<long> Steps() => StepsIn(folder);

    private static IEnumerable<long> StepsIn(string folder)
    {
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var path in Directory.EnumerateDirectories(folder, Prefix + "*"))
        {
            if (long.TryParse(Path.GetFileName(path).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step))
            {
                yield return step;
            }
        }
    }

    private void Prune(long newest, long? bestStep)
    {
        var steps = Steps().Where(step => step <= newest).OrderDescending();
        foreach (var step in steps.Skip(Math.Max(1, keepLast)).Where(step => step != bestStep).ToArray())
        {
            AtomicFile.RemoveFolder(FolderOf(step));
        }
    }

    private string FolderOf(long step) => FolderOf(folder, step);

    private static string FolderOf(string folder, long step) => Path.Combine(folder, Prefix + step.ToString("D8", CultureInfo.InvariantCulture));

    private sealed class CheckpointMismatchException(string message) : Exception(message);
}
