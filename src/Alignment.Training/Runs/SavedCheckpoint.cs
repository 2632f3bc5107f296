using System.Text.Json.Nodes;

namespace Alignment.Training.Runs;

/// <summary>A whole checkpoint on disk: every file is there and has the hash that was noted when it was written.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Folder">The step folder.</param>
/// <param name="State">The loop's small state.</param>
public sealed record SavedCheckpoint(long Step, string Folder, JsonObject State)
{
    /// <summary>Reads parts back.</summary>
    /// <param name="parts">The parts wanted; others in the folder are left alone.</param>
    /// <exception cref="InvalidDataException">The checkpoint has no such part.</exception>
    public void Load(IEnumerable<CheckpointPart> parts)
    {
        foreach (var part in parts)
        {
            var path = Path.Combine(Folder, part.FileName);
            if (!File.Exists(path))
            {
                throw new InvalidDataException(
                    $"checkpoint '{Folder}' has no '{part.FileName}': another version of the program wrote it; remove the stage's folder to start afresh");
            }

            part.Load(path);
        }
    }
}
