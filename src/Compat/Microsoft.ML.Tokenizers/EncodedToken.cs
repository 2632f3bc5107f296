namespace Microsoft.ML.Tokenizers;

/// <summary>One token of an encoded text: its id, its vocabulary entry and the characters it covers.</summary>
public readonly struct EncodedToken(int id, string value, Range offset) : IEquatable<EncodedToken>
{
    public int Id { get; } = id;

    public string Value { get; } = value;

    /// <summary>The characters of the normalized text; tokens that cut a character cover all of it.</summary>
    public Range Offset { get; } = offset;

    public bool Equals(EncodedToken other) => Id == other.Id && Value == other.Value && Offset.Equals(other.Offset);

    public override bool Equals(object? obj) => obj is EncodedToken other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Id, Value, Offset);
}
