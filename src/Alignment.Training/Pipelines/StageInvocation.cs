using System.Text.Json.Nodes;

namespace Alignment.Training.Pipelines;

/// <summary>What a stage's program is to do: the command line and the pipeline file, understood.</summary>
/// <typeparam name="TOptions">The stage's options record.</typeparam>
/// <param name="Kind">The kind of stage.</param>
/// <param name="Name">The stage's name in its pipeline.</param>
/// <param name="Options">The options; <c>stage:NAME</c> has become a path.</param>
/// <param name="Seed">The stage's seed.</param>
/// <param name="OutputFolder">The stage's own folder, <c>RUN/NAME</c>.</param>
/// <param name="PipelineFile">The file that the options came from.</param>
/// <param name="Inputs">What the stage reads: option path (<c>train.files[0]</c>) to file or folder; all exist.</param>
/// <param name="Verbose">Whether stack traces and details are wanted.</param>
/// <param name="Afresh">Whether an old output is to be replaced even where it could be resumed.</param>
/// <param name="Cancellation">Cancelled by Ctrl-C, SIGTERM and the death of the pipeline runner. Write a checkpoint and throw
/// <see cref="OperationCanceledException"/>.</param>
public sealed record StageInvocation<TOptions>(
    string Kind,
    string Name,
    TOptions Options,
    long Seed,
    string OutputFolder,
    string PipelineFile,
    IReadOnlyDictionary<string, string> Inputs,
    bool Verbose = false,
    bool Afresh = false,
    CancellationToken Cancellation = default)
    where TOptions : class
{
    /// <summary>Every option with its value, for the manifest and the fingerprint.</summary>
    public JsonObject OptionsJson => Training.Options.OptionsJson.Write(Options);
}
