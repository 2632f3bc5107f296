using Alignment.Training.Options;

namespace Alignment.Training.Pipelines;

/// <summary>One stage as the pipeline file has it.</summary>
/// <param name="Name">The stage's name, also its folder's.</param>
/// <param name="Kind">One of <see cref="StageKinds.All"/>.</param>
/// <param name="Seed">The stage's own seed; null takes the pipeline's.</param>
/// <param name="Line">The line of its name.</param>
/// <param name="Node">Its options, not yet bound, with <see cref="ReservedKeys"/> among them.</param>
public sealed record PipelineStage(string Name, string Kind, long? Seed, int Line, OptionsNode Node)
{
    /// <summary>Keys of a stage that are the pipeline's, not the stage's options.</summary>
    public static IReadOnlyList<string> ReservedKeys { get; } = ["kind", "seed"];

    /// <summary>The block of rounds that the stage stands in, and which round it is; null for a stage of its own.</summary>
    public StageRound? Round { get; init; }

    /// <summary>The values that name other stages.</summary>
    public IReadOnlyList<StageReference> References { get; } = [.. Find(Node, "")];

    private static IEnumerable<StageReference> Find(OptionsNode node, string path)
    {
        if (StageReference.Read(node.Scalar, path, node.File, node.Line) is { } reference)
        {
            yield return reference;
        }

        var children = node.Entries?.Select(e => (path.Length == 0 ? e.Key : $"{path}.{e.Key}", e.Value))
            ?? node.Items?.Select((item, i) => ($"{path}[{i}]", item)) ?? [];
        foreach (var found in children.SelectMany(c => Find(c.Item2, c.Item1)))
        {
            yield return found;
        }
    }
}
