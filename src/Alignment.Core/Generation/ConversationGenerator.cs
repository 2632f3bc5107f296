using Alignment.Core.Generation.Decoding;
using Alignment.Core.Models;

namespace Alignment.Core.Generation;

/// <summary>
/// Samples one response at a time and tells each token as it is drawn. What the next prompt shares with the last prompt and its response
/// does not run through the model again. Not for several threads.
/// </summary>
public sealed class ConversationGenerator : IDisposable
{
    private readonly IHeldSequence _sequence;
    private readonly SamplingOptions _options;
    private readonly Func<IReadOnlyList<int>, string>? _decode;
    private readonly TokenSampler _sampler;

    /// <summary>Talks with a model that others may use, too.</summary>
    /// <param name="model">In evaluation mode; used until this is disposed, its weights must not change meanwhile.</param>
    /// <param name="options">How tokens are drawn.</param>
    /// <param name="context">Most tokens of prompt and response together, at most the model's context.</param>
    /// <param name="decode">Token ids to text, needed for stop strings only.</param>
    public ConversationGenerator(CausalLm model, SamplingOptions options, int context, Func<IReadOnlyList<int>, string>? decode = null)
        : this(DecodeEngine.TryCreate(model, 1, context) is { } engine ? new EngineSequence(engine) : new PlainSequence(model, context), options, context, decode)
    {
    }

    /// <summary>Talks with a model that does nothing else.</summary>
    /// <param name="model">Used until this is disposed.</param>
    /// <param name="options">How tokens are drawn.</param>
    /// <param name="context">Most tokens of prompt and response together, at most the model's context.</param>
    /// <param name="decode">Token ids to text, needed for stop strings only.</param>
    public ConversationGenerator(SamplingModel model, SamplingOptions options, int context, Func<IReadOnlyList<int>, string>? decode = null)
        : this(model.Weights is { } weights ? new EngineSequence(new DecodeEngine(weights, 1, context)) : new PlainSequence(model.Plain!, context), options, context, decode)
    {
    }

    internal ConversationGenerator(IHeldSequence sequence, SamplingOptions options, int context, Func<IReadOnlyList<int>, string>? decode)
    {
        (_sequence, _options, Context, _decode) = (sequence, options, context, decode);
        _sampler = new TokenSampler(options);
    }

    /// <summary>Most tokens of prompt and response together.</summary>
    public int Context { get; }

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
        if (prompt.Length == 0 || prompt.Length >= Context)
        {
            throw new ArgumentException($"The prompt has {prompt.Length} tokens; 1 to {Context - 1} leave room for a response.", nameof(prompt));
        }

        // What the prompt does not begin with is forgotten; its last token always runs, for its logits.
        _sequence.Truncate(_sequence.Held.CommonPrefixLength(prompt.AsSpan(..^1)));
        int[] next = prompt[_sequence.Held.Length..];
        TokensRun = next.Length;
        var sequence = new ActiveSequence(0, prompt, seed, Math.Min(_options.MaxNewTokens, Context - prompt.Length));
        while (!cancel.IsCancellationRequested)
        {
            sequence.Draw(_sequence.Run(next), _sampler);
            sequence.Accept(_options, _decode);
            onToken(sequence.LastToken);
            if (sequence.Finish is not null)
            {
                return sequence.Finish;
            }

            next = [sequence.LastToken];
        }

        return null;
    }

    /// <summary>Frees keys and values. The model stays.</summary>
    public void Dispose() => _sequence.Dispose();
}
