using Serilog;

namespace Alignment.Training.Runs;

/// <summary>Which models a model was made from, as the manifests beside the model folders tell.</summary>
public static class ModelLineage
{
    /// <summary>
    /// Refuses a reference that is neither the policy itself nor a model that the policy was made from: the KL to it would not measure
    /// how far training went. The origin of a policy that no stage made cannot be known, which is said in the log.
    /// </summary>
    /// <param name="policy">The policy's model folder.</param>
    /// <param name="reference">The reference's model folder.</param>
    /// <param name="log">Told when the origin is unknown.</param>
    /// <exception cref="InvalidDataException">The reference is of another line.</exception>
    public static void CheckReference(string policy, string reference, ILogger log)
    {
        var wanted = ContentHash.OfPath(reference);
        if (ContentHash.OfPath(policy) == wanted)
        {
            return;
        }

        if (StageOf(policy) is null)
        {
            log.Information("No stage's manifest lies beside {Policy}, so it is not known whether it was made from {Reference}", policy, reference);
            return;
        }

        var (open, seen) = (new Queue<string>([policy]), new HashSet<string>(StringComparer.Ordinal));
        while (open.TryDequeue(out var folder))
        {
            foreach (var (path, hash) in StageOf(folder)?.Inputs ?? new Dictionary<string, string>())
            {
                if (hash == wanted)
                {
                    return;
                }

                if (seen.Add(path))
                {
                    open.Enqueue(path);
                }
            }
        }

        throw new InvalidDataException(
            $"reference '{reference}' is neither model '{policy}' nor one that it was made from, as the manifests say; give the model that the policy was made from, or leave reference out");
    }

    /// <summary>The template option (<c>data.template</c>) of the stage that made a model; null when no stage did.</summary>
    /// <param name="model">The model folder.</param>
    public static string? TemplateOf(string model) => StageOf(model)?.Options["data"]?["template"]?.ToString();

    /// <summary>The manifest of the finished stage that made a model folder; null when there is none.</summary>
    private static StageManifest? StageOf(string modelFolder) =>
        Path.GetDirectoryName(Path.GetFullPath(modelFolder)) is { } stage && StageManifest.TryLoad(stage) is { Status: StageStatus.Done } manifest ? manifest : null;
}
