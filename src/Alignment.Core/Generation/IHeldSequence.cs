namespace Alignment.Core.Generation;

/// <summary>One sequence whose keys and values stay from turn to turn.</summary>
internal interface IHeldSequence : IDisposable
{
    /// <summary>The tokens that are held.</summary>
    ReadOnlySpan<int> Held { get; }

    /// <summary>Forgets the tokens from a place on.</summary>
    /// <param name="length">Tokens that stay.</param>
    void Truncate(int length);

    /// <summary>Runs tokens behind those that are held.</summary>
    /// <param name="tokens">At least one.</param>
    /// <returns>The logits after the last one, [V], good until the next call.</returns>
    ReadOnlySpan<float> Run(int[] tokens);
}
