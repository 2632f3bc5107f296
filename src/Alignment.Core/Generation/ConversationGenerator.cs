using System.Runtime.InteropServices;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Generation;

/// <summary>
/// Samples one response at a time and tells each token as it is drawn. What the next prompt shares with the last prompt and its response
/// does not run through the model again. Not for several threads.
/// </summary>
/// <param name="model">In evaluation mode; used until this is disposed, its weights must not change meanwhile.</param>
/// <param name="options">How tokens are drawn.</param>
/// <param name="context">Most tokens of prompt and response together, at most the model's context.</param>
/// <param name="decode">Token ids to text, needed for stop strings only.</param>
public sealed class ConversationGenerator(CausalLm model, SamplingOptions options, int context, Func<IReadOnlyList<int>, string>? decode = null) : IDisposable
{
    private readonly TokenSampler _sampler = new(options);
    private readonly IDisposable _held = model.HoldWeights();
    private readonly KvCache _cache = model.CreateCache(1, context);
    private readonly List<int> _cached = [];

    /// <summary>Most tokens of prompt and response together.</summary>
    public int Context => context;

    /// <summary>Tokens of the last prompt that were run through the model; the rest was known.</summary>
    public int TokensRun { get; private set; }

    /// <summary>Samples a response.</summary>
    /// <param name="prompt">At least one id, fewer than the context.</param>
    /// <param name="seed">The response is a function of prompt and seed.</param>
    /// <param name="onToken">Called with each token, a stop token included.</param>
    /// <param name="cancel">Ends the response before the next token.</param>
    /// <returns>Why it ended; null when it was cancelled.</returns>
    /// <exception cref="ArgumentException">An empty prompt, or one that leaves no room.</exception>
    public FinishReason? Generate(int[] prompt, long seed, Action<int> onToken, CancellationToken cancel = default)
    {
        if (prompt.Length == 0 || prompt.Length >= context)
        {
            throw new ArgumentException($"The prompt has {prompt.Length} tokens; 1 to {context - 1} leave room for a response.", nameof(prompt));
        }

        using var noGrad = no_grad();
        Keep(prompt);
        TokensRun = prompt.Length - _cached.Count;
        var sequence = new ActiveSequence(0, prompt, seed, Math.Min(options.MaxNewTokens, context - prompt.Length));
        int[] next = prompt[_cached.Count..];
        while (!cancel.IsCancellationRequested)
        {
            Draw(sequence, next);
            onToken(sequence.LastToken);
            if (sequence.Finish is not null)
            {
                return sequence.Finish;
            }

            next = [sequence.LastToken];
        }

        return null;
    }

    /// <summary>Frees the cache. The model stays.</summary>
    public void Dispose()
    {
        _cache.Dispose();
        _held.Dispose();
    }

    /// <summary>Forgets what the prompt does not begin with; its last token always runs, for its logits.</summary>
    private void Keep(int[] prompt)
    {
        var shared = CollectionsMarshal.AsSpan(_cached).CommonPrefixLength(prompt.AsSpan(..^1));
        if (shared < _cached.Count && model.Config.RotaryScaling?.Kind is RotaryKind.Dynamic or RotaryKind.LongRope)
        {
            shared = 0; // angles of a longer sequence are in the cache
        }

        _cache.Truncate(shared);
        _cached.RemoveRange(shared, _cached.Count - shared);
    }

    private void Draw(ActiveSequence sequence, int[] next)
    {
        using var step = NewDisposeScope();
        var ids = tensor([.. next.Select(id => (long)id)], [1, next.Length], device: model.Device); // [1, T]
        var hidden = model.Hidden(ids, _cache).select(1, next.Length - 1); // [1, D]
        _cached.AddRange(next);
        var logits = MemoryMarshal.Cast<byte, float>(model.Logits(hidden).cpu().contiguous().bytes); // V
        sequence.Draw(logits, _sampler);
        sequence.Accept(options, decode);
    }
}
