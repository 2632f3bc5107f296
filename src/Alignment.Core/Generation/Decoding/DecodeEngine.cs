using System.Runtime.InteropServices;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using TorchSharp;

namespace Alignment.Core.Generation.Decoding;

/// <summary>
/// Runs tokens of many sequences through a decoder, each behind what its slot holds already. Weights are packed once; a step is a few dozen
/// short phases on threads of its own, without a torch operator but the embedding. What a token gives does not depend, to the last bit,
/// on which others run beside it. Not for several threads.
/// </summary>
internal sealed unsafe class DecodeEngine : IDisposable
{
    private const int MostTokens = 256; // of one pass; more would not make the products faster
    private const long WorkOfOneThread = 100_000; // weights; below, waiting for each other costs more than the work

    private readonly DecodeWeights? _packed; // its own
    private readonly KeyValueSlots _held;
    private readonly List<int>[] _tokens;
    private readonly DecodePass _pass;

    /// <summary>Packs a model's weights.</summary>
    /// <param name="model">Its weights must not change meanwhile.</param>
    /// <param name="slots">Most sequences.</param>
    /// <param name="capacity">Most tokens of each.</param>
    /// <param name="threads">Null = torch's number, fewer for small models.</param>
    public DecodeEngine(CausalLm model, int slots, int capacity, int? threads = null)
        : this(slots, capacity, new WorkerTeam(threads ?? ThreadsFor(model.Config)), null, model)
    {
    }

    /// <summary>Takes weights that are packed already.</summary>
    /// <param name="weights">Not disposed with the engine.</param>
    /// <param name="slots">Most sequences.</param>
    /// <param name="capacity">Most tokens of each.</param>
    public DecodeEngine(DecodeWeights weights, int slots, int capacity)
        : this(slots, capacity, new WorkerTeam(ThreadsFor(weights.Config)), weights, null)
    {
    }

    private DecodeEngine(int slots, int capacity, WorkerTeam team, DecodeWeights? weights, CausalLm? model)
    {
        using var phase = StepPhases.Enter(StepPhases.Packing);
        Team = team;
        Capacity = capacity;
        weights ??= _packed = new DecodeWeights(model!, team);
        var config = weights.Config;
        _held = new KeyValueSlots(config.Layers, config.KeyValueHeads, config.HeadSize, slots, capacity, weights.IsHalf);
        _tokens = [.. Enumerable.Range(0, slots).Select(_ => new List<int>())];
        _pass = new DecodePass(weights, _held, team.Parts, MostTokens, slots, capacity);
    }

    /// <summary>Threads that others may use between two passes.</summary>
    public WorkerTeam Team { get; }

    /// <summary>Sequences.</summary>
    public int Slots => _tokens.Length;

    /// <summary>Most tokens of a sequence.</summary>
    public int Capacity { get; }

    /// <summary>Threads that a model's passes keep busy: torch's number, fewer where the model is small.</summary>
    public static int ThreadsFor(ModelConfig config)
    {
        var work = (config.Layers * ((2L * config.Width * config.Heads * config.HeadSize) + (2L * config.Width * config.InnerWidth))) + ((long)config.Width * config.VocabularySize);
        return (int)Math.Clamp(work / WorkOfOneThread, 1, torch.get_num_threads());
    }

    /// <summary>Tokens that ran through the layers so far.</summary>
    public long TokensRun { get; private set; }

    /// <summary>An engine for the model, or null where it needs torch's operators.</summary>
    /// <param name="model">The model.</param>
    /// <param name="slots">Most sequences.</param>
    /// <param name="capacity">Most tokens of each.</param>
    public static DecodeEngine? TryCreate(CausalLm model, int slots, int capacity) =>
        slots > 0 && DecodeWeights.Supports(model) ? new DecodeEngine(model, slots, capacity) : null;

    /// <summary>The tokens whose keys and values a slot holds.</summary>
    public ReadOnlySpan<int> Held(int slot) => CollectionsMarshal.AsSpan(_tokens[slot]);

    /// <summary>Forgets a slot's tokens from a place on.</summary>
    public void Truncate(int slot, int length) => _tokens[slot].RemoveRange(length, _tokens[slot].Count - length);

    /// <summary>Puts into a slot what another one holds of its first tokens.</summary>
    public void Share(int from, int to, int count)
    {
        if (from != to)
        {
            _held.Copy(from, to, count);
            _tokens[to].Clear();
            _tokens[to].AddRange(Held(from)[..count]);
        }
        else
        {
            Truncate(to, count);
        }
    }

    /// <summary>Runs tokens behind what their slots hold. <see cref="Logits"/> then has the logits after the last token of each run.</summary>
    /// <param name="runs">Each of another slot, with at least one token.</param>
    /// <exception cref="ArgumentException">A slot would hold more than its capacity.</exception>
    public void Run(IReadOnlyList<TokenRun> runs)
    {
        foreach (var run in runs)
        {
            var length = _tokens[run.Slot].Count + run.Tokens.Length;
            if (length > Capacity)
            {
                throw new ArgumentException($"A slot holds {Capacity} tokens; {run.Tokens.Length} more would make {length}.", nameof(runs));
            }

            TokensRun += run.Tokens.Length;
        }

        _pass.Begin();
        for (var i = 0; i < runs.Count; i++)
        {
            var (slot, tokens) = (runs[i].Slot, runs[i].Tokens);
            for (var t = 0; t < tokens.Length; t++)
            {
                _pass.Add(tokens[t], slot, _tokens[slot].Count, lastOf: t == tokens.Length - 1 ? i : null);
                _tokens[slot].Add(tokens[t]);
                if (_pass.IsFull)
                {
                    _pass.RunLayers(Team);
                }
            }
        }

        _pass.RunLayers(Team);
        _pass.RunHead(Team, runs.Count);
    }

    /// <summary>The logits after the last token of a run, [V], good until the next pass.</summary>
    /// <param name="run">Its place in the list.</param>
    public ReadOnlySpan<float> Logits(int run) => _pass.Logits(run);

    public void Dispose()
    {
        Team.Dispose();
        _pass.Dispose();
        _held.Dispose();
        _packed?.Dispose();
    }
}
