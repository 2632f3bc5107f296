using Alignment.Core.Checkpoints;

namespace Alignment.Training.Runs;

/// <summary>The places in one stage's output folder.</summary>
/// <param name="Root">The folder, <c>runs/&lt;run&gt;/&lt;stage&gt;</c>.</param>
public sealed record RunFolder(string Root)
{
    /// <summary>The Hugging Face model folder that later stages read.</summary>
    public string Model => Path.Combine(Root, "model");

    /// <summary>The metrics, one JSON object per line.</summary>
    public string Metrics => Path.Combine(Root, "metrics.jsonl");

    /// <summary>The folder of step folders.</summary>
    public string Checkpoints => Path.Combine(Root, "checkpoints");

    /// <summary>TensorBoard's event files.</summary>
    public string TensorBoard => Path.Combine(Root, "tensorboard");

    /// <summary>The page with the plots.</summary>
    public string Report => Path.Combine(Root, "report.html");

    /// <summary>The manifest.</summary>
    public string Manifest => Path.Combine(Root, StageManifest.FileName);

    /// <summary>Makes the folder when it is missing and proves that it can be written, before any work is done for it.</summary>
    /// <param name="path">The stage's output folder.</param>
    /// <exception cref="IOException">It cannot be made or written: a file in the way, a full disk, a read-only place.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write there.</exception>
    public static RunFolder Open(string path)
    {
        var folder = new RunFolder(path);
        var probe = Path.Combine(path, ".writable");
        try
        {
            Directory.CreateDirectory(path);
            using (var stream = new FileStream(probe, FileMode.Create, FileAccess.Write))
            {
                stream.Write(new byte[4096]);
                stream.Flush(flushToDisk: true);
            }

            File.Delete(probe);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new UnauthorizedAccessException(Refusal(path, error), error);
        }
        catch (IOException error)
        {
            throw new IOException(Refusal(path, error), error);
        }

        return folder;
    }

    /// <summary>Removes what an earlier run of the stage left, the manifest first, so that a half-cleared folder is never taken for a result.</summary>
    /// <param name="otherResults">Further result files and folders of this stage, relative to the folder.</param>
    public void Clear(IEnumerable<string>? otherResults = null)
    {
        foreach (var path in (string[])[Manifest, Metrics, Report, Checkpoints, Model, TensorBoard, .. (otherResults ?? []).Select(name => Path.Combine(Root, name))])
        {
            if (Directory.Exists(path))
            {
                AtomicFile.RemoveFolder(path);
            }
            else if (File.Exists(path))
            {
                File.Delete(path);
            }
        }
    }

    private static string Refusal(string path, Exception error) =>
        $"output folder '{path}' cannot be written: {error.Message.TrimEnd('.')}; choose another with --run-dir, or free the space or the rights";
}
