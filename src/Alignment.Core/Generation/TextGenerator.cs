using System.Runtime.InteropServices;
using Alignment.Core.Generation.Decoding;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Generation;

/// <summary>
/// Samples responses for many prompts. Rows of one batch may differ in length; a distinct prompt runs through the model once however
/// many responses it gets; a finished response leaves the batch and a waiting prompt takes its place.
/// </summary>
public sealed class TextGenerator
{
    private readonly CausalLm? _model;
    private readonly DecodeWeights? _weights; // in place of the model
    private readonly ModelConfig _config;
    private readonly SamplingOptions _options;
    private readonly int _maxRows;
    private readonly Func<IReadOnlyList<int>, string>? _decode;
    private readonly TokenSampler _sampler;
    private readonly DeviceSampler _deviceSampler;

    /// <summary>Samples from a model as it is at each call, as while it is trained.</summary>
    /// <param name="model">Used as it is: the caller sets evaluation mode.</param>
    /// <param name="options">How tokens are drawn.</param>
    /// <param name="maxRows">The most responses sampled side by side.</param>
    /// <param name="decode">Token ids to text, needed for stop strings only.</param>
    public TextGenerator(CausalLm model, SamplingOptions options, int maxRows = 64, Func<IReadOnlyList<int>, string>? decode = null)
        : this(model, null, model.Config, options, maxRows, decode)
    {
    }

    /// <summary>Samples from a model that does nothing else.</summary>
    /// <param name="model">Not disposed with this.</param>
    /// <param name="options">How tokens are drawn.</param>
    /// <param name="maxRows">The most responses sampled side by side.</param>
    /// <param name="decode">Token ids to text, needed for stop strings only.</param>
    public TextGenerator(SamplingModel model, SamplingOptions options, int maxRows = 64, Func<IReadOnlyList<int>, string>? decode = null)
        : this(model.Plain, model.Weights, model.Config, options, maxRows, decode)
    {
    }

    private TextGenerator(CausalLm? model, DecodeWeights? weights, ModelConfig config, SamplingOptions options, int maxRows, Func<IReadOnlyList<int>, string>? decode)
    {
        (_model, _weights, _config, _options, _maxRows, _decode) = (model, weights, config, options, maxRows, decode);
        _sampler = new TokenSampler(options);
        _deviceSampler = new DeviceSampler(options);
        SamplesOnDevice = model is not null && model.Device.type != DeviceType.CPU && DeviceSampler.Fits(options);
    }

    /// <summary>Leaves everything to torch's operators, also where the model's weights could be packed.</summary>
    internal bool UsesTorchOnly { get; init; }

    /// <summary>Draws tokens where the logits lie, and reads these only.</summary>
    internal bool SamplesOnDevice { get; init; }

    /// <summary>Samples one response for each prompt; to sample several, name the prompt several times with different seeds.</summary>
    /// <param name="prompts">Token ids, at least one each.</param>
    /// <param name="seeds">One for each prompt. A response is a function of its prompt and its seed, not of its neighbours.</param>
    /// <param name="cancel">Checked before each token.</param>
    /// <returns>In the order of the prompts.</returns>
    /// <exception cref="ArgumentException">Options out of range, an empty prompt, or stop strings without <c>decode</c>.</exception>
    /// <exception cref="InvalidDataException">A prompt leaves no room for a token, or the model's logits are not numbers.</exception>
    public GeneratedSequence[] Generate(IReadOnlyList<int[]> prompts, IReadOnlyList<long> seeds, CancellationToken cancel = default)
    {
        Check(prompts, seeds);
        using var noGrad = no_grad();

        // Neighbours in length run through the model together; a stable order keeps equal prompts side by side.
        var sequences = Enumerable.Range(0, prompts.Count)
            .OrderBy(i => prompts[i].Length)
            .ThenBy(i => prompts[i], PromptOrder.Instance)
            .Select(i => new ActiveSequence(i, prompts[i], seeds[i], Limit(prompts[i].Length)));
        var capacity = prompts.Count == 0 ? 0 : prompts.Max(prompt => prompt.Length + Limit(prompt.Length));
        var results = new GeneratedSequence[prompts.Count];
        using var engine = Engine(Math.Min(_maxRows, prompts.Count), capacity);
        if (engine is not null)
        {
            new EngineSampling(engine, _options, _decode).Run(sequences, sequence => results[sequence.Index] = sequence.Result(), cancel);
        }
        else
        {
            Sample(new Queue<ActiveSequence>(sequences), prompts, capacity, results, cancel);
        }

        return results;
    }

    private DecodeEngine? Engine(int slots, int capacity)
    {
        if (UsesTorchOnly || slots == 0)
        {
            return null;
        }

        return _weights is null ? DecodeEngine.TryCreate(_model!, slots, capacity) : new DecodeEngine(_weights, slots, capacity);
    }

    // With torch's operators.
    private void Sample(Queue<ActiveSequence> waiting, IReadOnlyList<int[]> prompts, int capacity, GeneratedSequence[] results, CancellationToken cancel)
    {
        using var scope = NewDisposeScope();
        using var held = _model?.HoldWeights(); // null where there is nothing to sample
        var active = new List<ActiveSequence>();
        KvCache? cache = null;
        try
        {
            while (active.Count > 0 || waiting.Count > 0)
            {
                cancel.ThrowIfCancellationRequested();
                if (active.Count > 0)
                {
                    Decode(active, cache!);
                    cache = Retire(active, cache!, results);
                }

                // Enough free places to be worth a forward pass over prompts, or nothing else to do.
                if (waiting.Count > 0 && _maxRows - active.Count >= Math.Max(1, Math.Min(_maxRows / 4, active.Count)))
                {
                    cache = Admit(waiting, active, cache, prompts, capacity);
                    cache = Retire(active, cache, results);
                }
            }
        }
        finally
        {
            cache?.Dispose();
        }
    }

    // One more token for every active sequence.
    private void Decode(List<ActiveSequence> active, KvCache cache)
    {
        using var step = NewDisposeScope();
        var model = _model!;
        var last = tensor([.. active.Select(sequence => (long)sequence.LastToken)], [active.Count, 1]).SentTo(model.Device); // [B, 1]
        var logits = model.Logits(model.Hidden(last, cache).squeeze(1)); // [B, V]
        Advance(active, logits);
    }

    // Waiting prompts enter: those of one length in one pass, without padding, each distinct prompt once.
    private KvCache Admit(Queue<ActiveSequence> waiting, List<ActiveSequence> active, KvCache? cache, IReadOnlyList<int[]> prompts, int capacity)
    {
        var caches = new List<KvCache>();
        if (cache is not null)
        {
            caches.Add(cache);
        }

        var free = _maxRows - active.Count;
        while (free > 0 && waiting.Count > 0)
        {
            var length = prompts[waiting.Peek().Index].Length;
            var group = new List<ActiveSequence>();
            while (group.Count < free && waiting.Count > 0 && prompts[waiting.Peek().Index].Length == length)
            {
                group.Add(waiting.Dequeue());
            }

            caches.Add(Prefill(group, prompts, length, capacity));
            active.AddRange(group);
            free -= group.Count;
        }

        return KvCache.Join(caches);
    }

    private KvCache Prefill(List<ActiveSequence> group, IReadOnlyList<int[]> prompts, int length, int capacity)
    {
        using var step = NewDisposeScope();
        var model = _model!;
        var distinct = new List<int[]>();
        var rowOf = new int[group.Count];
        for (var i = 0; i < group.Count; i++)
        {
            var prompt = prompts[group[i].Index];
            if (distinct.Count == 0 || !prompt.AsSpan().SequenceEqual(distinct[^1]))
            {
                distinct.Add(prompt);
            }

            rowOf[i] = distinct.Count - 1;
        }

        var cache = model.CreateCache(distinct.Count, capacity);
        var ids = tensor([.. distinct.SelectMany(prompt => prompt.Select(id => (long)id))], [distinct.Count, length]).SentTo(model.Device); // [P, T]
        var hidden = model.Hidden(ids, cache).select(1, length - 1); // [P, D]
        if (distinct.Count < group.Count)
        {
            cache.Select(rowOf);
            hidden = hidden.index_select(0, tensor([.. rowOf.Select(row => (long)row)]).SentTo(model.Device)); // [B, D]
        }

        Advance(group, model.Logits(hidden));
        return cache;
    }

    private void Advance(List<ActiveSequence> sequences, Tensor logits)
    {
        if (SamplesOnDevice)
        {
            var drawn = _deviceSampler.Sample(logits, [.. sequences.Select(sequence => sequence.Uniform)]);
            foreach (var (sequence, token) in sequences.Zip(drawn))
            {
                sequence.Draw(token);
                sequence.Accept(_options, _decode);
            }

            return;
        }

        var width = (int)logits.size(1);
        var values = MemoryMarshal.Cast<byte, float>(logits.cpu().contiguous().bytes); // B·V
        for (var row = 0; row < sequences.Count; row++)
        {
            sequences[row].Draw(values.Slice(row * width, width), _sampler);
            sequences[row].Accept(_options, _decode);
        }
    }

    private static KvCache? Retire(List<ActiveSequence> active, KvCache cache, GeneratedSequence[] results)
    {
        var kept = new List<int>(active.Count);
        for (var row = 0; row < active.Count; row++)
        {
            if (active[row].Finish is null)
            {
                kept.Add(row);
            }
            else
            {
                results[active[row].Index] = active[row].Result();
            }
        }

        if (kept.Count == active.Count)
        {
            return cache;
        }

        active.RemoveAll(sequence => sequence.Finish is not null);
        if (kept.Count == 0)
        {
            cache.Dispose();
            return null;
        }

        cache.Select(kept);
        return cache;
    }

    private int Limit(int promptLength) => Math.Min(_options.MaxNewTokens, _config.ContextLength - promptLength);

    private void Check(IReadOnlyList<int[]> prompts, IReadOnlyList<long> seeds)
    {
        var problems = _options.Problems().ToList();
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", problems));
        }

        if (prompts.Count != seeds.Count)
        {
            throw new ArgumentException($"{prompts.Count} prompts need as many seeds, got {seeds.Count}", nameof(seeds));
        }

        if (_options.StopStrings.Count > 0 && _decode is null)
        {
            throw new ArgumentException("stop strings need a function that decodes tokens", nameof(prompts));
        }

        for (var i = 0; i < prompts.Count; i++)
        {
            if (prompts[i].Length == 0)
            {
                throw new ArgumentException($"prompt {i} is empty", nameof(prompts));
            }

            if (Limit(prompts[i].Length) < 1)
            {
                throw new InvalidDataException(
                    $"prompt {i} has {prompts[i].Length} tokens, the model's context {_config.ContextLength}: no room for a response; shorten the prompt");
            }
        }
    }

    private sealed class PromptOrder : IComparer<int[]>
    {
        public static readonly PromptOrder Instance = new();

        public int Compare(int[]? left, int[]? right) => left.AsSpan().SequenceCompareTo(right);
    }
}
