using Alignment.Core.Generation.Decoding;

namespace Alignment.Core.Generation;

/// <summary>A sequence in the only slot of a <see cref="DecodeEngine"/>.</summary>
/// <param name="engine">Disposed with this.</param>
internal sealed class EngineSequence(DecodeEngine engine) : IHeldSequence
{
    public ReadOnlySpan<int> Held => engine.Held(0);

    public void Truncate(int length) => engine.Truncate(0, length);

    public ReadOnlySpan<float> Run(int[] tokens)
    {
        engine.Run([new TokenRun(0, tokens)]);
        return engine.Logits(0);
    }

    public void Dispose() => engine.Dispose();
}
