using System.Text.Json.Nodes;
using Alignment.Training.Options;
using Alignment.Training.Runs;

namespace Alignment.Training.Pipelines;

/// <summary>A stage with its options bound, its seed chosen and its references turned into paths.</summary>
public sealed record ResolvedStage
{
    /// <summary>The stage in its file.</summary>
    public required PipelineStage Stage { get; init; }

    /// <summary>The options record.</summary>
    public required object Options { get; init; }

    /// <summary>The seed: the command line's, else the stage's, else the pipeline's.</summary>
    public required long Seed { get; init; }

    /// <summary>The stage's folder in the run's folder.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>What the stage reads: option path (<c>train.files[0]</c>) to file or folder. A pattern stands for the files that
    /// match it (<c>train.files[0]#0</c>, <c>#1</c>, ...).</summary>
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }

    /// <summary>Every option with its value, for the manifest.</summary>
    public JsonObject OptionsJson => Training.Options.OptionsJson.Write(Options);

    /// <summary>The hash that decides whether an old output can be kept or resumed.</summary>
    /// <param name="inputs">The hash of every input.</param>
    /// <returns>64 hex digits.</returns>
    public string Fingerprint(IReadOnlyDictionary<string, string> inputs) =>
        StageManifest.ComputeFingerprint(Stage.Kind, OptionsJson, Seed, inputs);

    /// <summary>Binds a stage's options.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="optionsType">Its options record.</param>
    /// <param name="runFolder">The run's folder; <c>stage:NAME</c> becomes <c>RUN/NAME/model</c>, <c>stage:NAME/FILE</c> becomes <c>RUN/NAME/FILE</c>.</param>
    /// <param name="seed">The seed unless the stage has its own.</param>
    /// <param name="problems">Receives what is wrong with the options.</param>
    /// <param name="seedOverride">The command line's seed, before every other.</param>
    /// <returns>The stage; null when there were problems.</returns>
    public static ResolvedStage? Resolve(
        PipelineStage stage, Type optionsType, string runFolder, long seed, ICollection<OptionsProblem> problems, long? seedOverride = null)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(problems);
        List<OptionsProblem> found = [];
        var options = OptionsBinder.Bind(optionsType, WithPaths(stage.Node, runFolder), found, PipelineStage.ReservedKeys);
        foreach (var problem in found)
        {
            problems.Add(problem with { Message = $"stage '{stage.Name}': {problem.Message}" });
        }

        if (found.Count > 0 || options is null)
        {
            return null;
        }

        var inputs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (option, path) in OptionsInputs.Of(options))
        {
            if (InputPattern.Expand(path) is not { Count: > 0 } files)
            {
                inputs[option] = path;
                continue;
            }

            for (var i = 0; i < files.Count; i++)
            {
                inputs[$"{option}#{i}"] = files[i];
            }
        }

        foreach (var reference in stage.References)
        {
            inputs[inputs.ContainsKey(Single(reference.Option)) ? Single(reference.Option) : reference.Option] = reference.PathIn(runFolder);
        }

        return new ResolvedStage
        {
            Stage = stage,
            Options = options,
            Seed = seedOverride ?? stage.Seed ?? seed,
            OutputFolder = $"{runFolder}/{stage.Name}",
            Inputs = inputs,
        };
    }

    /// <summary>The path of a list's only item, where the file names it without the brackets of a list.</summary>
    private static string Single(string option) => option + "[0]";

    /// <summary>What the stage reads and is not there, as messages with file and line.</summary>
    /// <param name="comingStages">Stages that will run before this one, so that their output need not be there yet.</param>
    /// <returns>The messages.</returns>
    public IEnumerable<string> MissingInputs(IReadOnlyCollection<string> comingStages)
    {
        foreach (var (option, path) in Inputs.Where(i => !Path.Exists(i.Value)))
        {
            var line = Stage.Node.LineOf(option);
            var where = line > 0 ? $"{Stage.Node.File}:{line}" : Stage.Node.File;
            if (Stage.References.FirstOrDefault(r => r.Option == option || Single(r.Option) == option) is not { } reference)
            {
                yield return $"{where}: '{option}' of stage '{Stage.Name}' is '{path}', which does not exist (looked from {Directory.GetCurrentDirectory()}); correct the path or make the file";
            }
            else if (!comingStages.Contains(reference.Stage))
            {
                yield return $"{where}: '{option}' of stage '{Stage.Name}' is the output of stage '{reference.Stage}', but '{path}' does not exist; run stage '{reference.Stage}' first";
            }
        }
    }

    private static OptionsNode WithPaths(OptionsNode node, string runFolder) => node with
    {
        Scalar = StageReference.Read(node.Scalar, "", node.File, node.Line)?.PathIn(runFolder) ?? node.Scalar,
        Items = node.Items?.Select(item => WithPaths(item, runFolder)).ToArray(),
        Entries = node.Entries?.Select(e => e with { Value = WithPaths(e.Value, runFolder) }).ToArray(),
    };
}
