using System.Globalization;
using System.Text.Json.Nodes;
using Alignment.Core.Generation;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Rollouts;
using Alignment.Rollouts.Rewards;
using Alignment.Training.Options;
using Alignment.Training.Runs;

namespace Alignment.Sampling;

/// <summary>
/// Responds to all prompts and scores the responses, some prompts at a time; what is done is kept on disk. The chance in a response is a function of the
/// seed, its prompt's place in the data and which of the prompt's responses it is.
/// </summary>
internal sealed class SampleRun
{
    /// <summary>Prompts of one part: what a stage that is killed loses at most.</summary>
    public const int PromptsPerPart = 32;

    // These choose among responses and change none.
    private static readonly string[] Choosing = ["write", "rejection", "pairs", "keep_cut"];

    private readonly SampleOptions _options;
    private readonly StageSession _session;
    private readonly TextTokenizer _tokenizer;
    private readonly TextGenerator _generator;
    private readonly IRewardSource? _reward;
    private readonly PartStore _parts;

    /// <param name="options">How many responses, how scores are shaped.</param>
    /// <param name="session">Seed, inputs, progress, cancellation.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="model">In evaluation mode.</param>
    /// <param name="stopIds">What ends a response.</param>
    /// <param name="reward">Scores responses; null for none.</param>
    /// <param name="parts">Keeps what is done.</param>
    public SampleRun(SampleOptions options, StageSession session, TextTokenizer tokenizer, CausalLm model, IReadOnlyList<int> stopIds, IRewardSource? reward, PartStore parts)
    {
        (_options, _session, _tokenizer, _reward, _parts) = (options, session, tokenizer, reward, parts);
        _generator = new TextGenerator(model, options.Sampling.ToSampling(stopIds), options.BatchSize);
    }

    /// <summary>Responses to every prompt, in the order of the prompts.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the parts that are done are kept.</exception>
    /// <exception cref="InvalidDataException">A score is not a number.</exception>
    public IReadOnlyList<SampleGroup> Run(IReadOnlyList<SourcePrompt> prompts)
    {
        List<SampleGroup> groups = [];
        _session.Console.WithProgress("sample", 0, prompts.Count, report =>
        {
            foreach (var chunk in prompts.Chunk(PromptsPerPart))
            {
                var first = groups.Count;
                var examples = Array.ConvertAll(chunk, prompt => prompt.Example);
                var part = _parts.Get(Key(first, examples), () => Computed(first, examples));
                groups.AddRange(chunk.Select((prompt, i) => new SampleGroup(prompt, [.. Enumerable.Range(0, _options.Samples).Select(sample => ResponseOf(part, (i * _options.Samples) + sample, sample))])));
                report(groups.Count);
            }
        });
        return groups;
    }

    private SamplePart Computed(int first, PromptExample[] prompts)
    {
        try
        {
            return Compute(first, prompts);
        }
        catch (OperationCanceledException) when (_session.Cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException($"stopped after {first} prompts, whose responses are kept; run the same command to go on");
        }
    }

    private SamplePart Compute(int first, PromptExample[] prompts)
    {
        _session.Cancel.ThrowIfCancellationRequested();
        PromptExample[] asked = [.. prompts.SelectMany(prompt => Enumerable.Repeat(prompt, _options.Samples))];
        long[] seeds = [.. Enumerable.Range(0, asked.Length).Select(i => Seeds.Derive(
            _session.Manifest.Seed, string.Create(CultureInfo.InvariantCulture, $"sample/{first + (i / _options.Samples)}/{i % _options.Samples}")))];
        var found = _generator.Generate([.. asked.Select(prompt => prompt.Prompt)], seeds, _session.Cancel);
        Rollout[] rollouts = [.. asked.Zip(found, (prompt, response) => new Rollout(prompt, response.Ids, response.LogProbs, response.Finish == FinishReason.StopToken))];
        return new SamplePart(
            Array.ConvertAll(rollouts, rollout => rollout.Response),
            Array.ConvertAll(rollouts, rollout => rollout.Ended),
            Array.ConvertAll(rollouts, rollout => rollout.SampledLogProbs.Sum(logProb => (double)logProb)),
            _reward is null ? null : RewardShaping.Apply(_options, _reward.Score(rollouts, Micro(rollouts), _session.Cancel), rollouts));
    }

    // Responses of like length share a batch.
    private int[][] Micro(Rollout[] rollouts) =>
        [.. Enumerable.Range(0, rollouts.Length).OrderByDescending(row => rollouts[row].Length).Chunk(_options.BatchSize)];

    private SampledResponse ResponseOf(SamplePart part, int at, int sample) => new(
        sample, _tokenizer.Decode(part.Ids[at]), part.Ids[at].Length, part.Ended[at], part.LogProbs[at], part.Scores?[at]);

    // All that responses and scores depend on.
    private JsonObject Key(int first, PromptExample[] prompts)
    {
        var asked = OptionsJson.Write(_options);
        foreach (var name in Choosing)
        {
            asked.Remove(name);
        }

        var inputs = new JsonObject();
        foreach (var (path, hash) in _session.Manifest.Inputs)
        {
            inputs[path] = hash;
        }

        return new JsonObject
        {
            ["format"] = "sample/1",
            ["options"] = asked,
            ["inputs"] = inputs,
            ["seed"] = _session.Manifest.Seed,
            ["first"] = first,
            ["prompts"] = ContentHash.OfText(string.Join('\n', prompts.Select(prompt => string.Join(' ', prompt.Prompt)))),
        };
    }
}
