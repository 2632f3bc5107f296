using System.Runtime.InteropServices;

namespace Alignment.Core.Generation;

/// <summary>A response being sampled.</summary>
internal sealed class ActiveSequence
{
    private readonly List<int> _tokens;
    private readonly int _promptLength;
    private readonly long _seed;
    private readonly int _limit;
    private readonly List<float> _logProbs = [];
    private (int Id, double LogProb) _drawn;

    public ActiveSequence(int index, int[] prompt, long seed, int limit)
    {
        Index = index;
        Prompt = prompt;
        _tokens = [.. prompt];
        _promptLength = prompt.Length;
        _seed = seed;
        _limit = limit;
    }

    /// <summary>Which of the caller's prompts.</summary>
    public int Index { get; }

    /// <summary>What is answered.</summary>
    public int[] Prompt { get; }

    /// <summary>Null while the response goes on.</summary>
    public FinishReason? Finish { get; private set; }

    public int LastToken => _tokens[^1];

    /// <summary>The number in [0, 1) that decides about the next token.</summary>
    public double Uniform => SequenceRandom.Uniform(_seed, _logProbs.Count);

    /// <summary>Draws the next token from its logits; <see cref="Accept"/> then takes it. Several sequences may draw at once, each with a sampler of its own.</summary>
    public void Draw(ReadOnlySpan<float> logits, TokenSampler sampler) => Draw(sampler.Sample(logits, CollectionsMarshal.AsSpan(_tokens), Uniform));

    /// <summary>Takes the next token that was drawn for it by <see cref="Uniform"/>; <see cref="Accept"/> then takes it.</summary>
    public void Draw((int Id, double LogProb) token) => _drawn = token;

    /// <summary>Takes the drawn token into the response.</summary>
    public void Accept(SamplingOptions options, Func<IReadOnlyList<int>, string>? decode)
    {
        var (id, logProb) = _drawn;
        _tokens.Add(id);
        _logProbs.Add((float)logProb);

        if (options.StopIds.Contains(id))
        {
            Finish = FinishReason.StopToken;
        }
        else if (decode is not null && options.StopStrings.Count > 0 && options.StopStrings.Any(decode(Response()).Contains))
        {
            Finish = FinishReason.StopString;
        }
        else if (_logProbs.Count >= _limit)
        {
            Finish = FinishReason.Length;
        }
    }

    public GeneratedSequence Result() => new(Response(), [.. _logProbs], Finish!.Value);

    private int[] Response() => [.. _tokens.Skip(_promptLength)];
}
