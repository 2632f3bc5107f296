using System.Text.Json;
using Alignment.Core.Checkpoints;
using Alignment.Core.Generation;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Labeling.Tasks;
using Alignment.Training.Loops;

namespace Alignment.Labeling.Sampling;

/// <summary>Answers of model folders to prompts, as <c>alignment generate</c> samples them.</summary>
/// <param name="run">How models answer.</param>
/// <param name="seed">The chance in an answer is a function of it, the model's name, the prompt and the sample.</param>
public sealed class CandidateSampler(ModelRun run, long seed)
{
    private static readonly string[] NotMeta = ["prompt"];

    /// <summary>Samples one model.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="samples">Answers to each.</param>
    /// <param name="pool">Receives the answers.</param>
    /// <param name="cancellation">Checked between tokens.</param>
    /// <exception cref="InvalidDataException">The folder's model and tokenizer do not fit, or a prompt is too long.</exception>
    public void Sample(string name, string folder, IReadOnlyList<PromptRow> prompts, int samples, CandidatePool pool, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pool);
        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain(folder));
        VocabularyContract.Check(ModelConfig.Load(folder), tokenizer.VocabularySize, folder);
        var options = new ExampleOptions { Tokenizer = tokenizer, MaxLength = int.MaxValue, Template = run.Template, AddBos = run.Bos };
        var examples = PromptExamples.Build(prompts, options).Examples;
        var wanted = examples.Index().SelectMany(one => Enumerable.Range(0, samples).Select(sample => (one.Index, Sample: sample,
            Seed: Seeds.Derive(seed, FormattableString.Invariant($"labelling/{name}/{one.Index}/{sample}"))))).ToList();

        using var model = ModelFolder.LoadForSampling(folder, Devices.Parse(run.Device), run.Dtype.ToScalarType());
        var generator = new TextGenerator(model, run.Sampling with { StopIds = ModelFolder.StopIds(folder) }, run.BatchSize, ids => tokenizer.Decode(ids));
        var found = generator.Generate([.. wanted.Select(one => examples[one.Index].Prompt)], [.. wanted.Select(one => one.Seed)], cancellation);
        foreach (var ((index, _, own), response) in wanted.Zip(found))
        {
            var row = prompts[index];
            pool.Add(row.Prompt, new Candidate(tokenizer.Decode(response.Ids))
            {
                Model = name,
                Sampling = new(own, run.Sampling.Temperature, run.Sampling.TopP, run.Sampling.TopK, run.Sampling.MaxNewTokens, response.Ids.Length,
                    JsonNamingPolicy.SnakeCaseLower.ConvertName(response.Finish.ToString())),
            }, [.. row.Columns.Where(pair => !NotMeta.Contains(pair.Key)).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))]);
        }
    }
}
