namespace Alignment.Core.Generation.Decoding;

/// <summary>
/// Keys and values of several sequences, each in a slot of its own. Everything is kept as pairs of vectors of sixteen numbers: of a
/// key, two neighbouring elements of sixteen positions; of a value, elements j and 16 + j of 32 neighbouring ones. Memory that no token
/// reached is never touched.
/// </summary>
internal sealed unsafe class KeyValueSlots : IDisposable
{
    private readonly int _layers;
    private readonly int _heads;
    private readonly int _headSize;
    private readonly int _slots;
    private readonly long _keyBytes; // of one head of one slot and layer
    private readonly long _valueBytes;
    private readonly NativeBuffer<byte> _memory;

    /// <param name="layers">Of the decoder.</param>
    /// <param name="heads">Key-value heads.</param>
    /// <param name="headSize">Elements of a head.</param>
    /// <param name="slots">Sequences.</param>
    /// <param name="capacity">Most tokens of each.</param>
    /// <param name="isHalf">Keep bfloat16 numbers, else float32.</param>
    public KeyValueSlots(int layers, int heads, int headSize, int slots, int capacity, bool isHalf)
    {
        _layers = layers;
        _heads = heads;
        _headSize = headSize;
        _slots = slots;
        IsHalf = isHalf;
        KeyPairs = (headSize + 1) / 2;
        ValuePairs = (headSize + PackedMatrix.PanelWidth - 1) / PackedMatrix.PanelWidth;
        PairBytes = PackedMatrix.PanelWidth * (isHalf ? sizeof(ushort) : sizeof(float));
        var blocks = (capacity + VectorMath.Lanes - 1) / VectorMath.Lanes;
        _keyBytes = (long)blocks * KeyPairs * PairBytes;
        _valueBytes = (long)blocks * VectorMath.Lanes * ValuePairs * PairBytes;
        _memory = new NativeBuffer<byte>(layers * (long)slots * heads * (_keyBytes + _valueBytes), isStreamed: slots > 1);
    }

    /// <summary>Numbers are bfloat16, else float32.</summary>
    public bool IsHalf { get; }

    /// <summary>Pairs of vectors of a block of sixteen keys.</summary>
    public int KeyPairs { get; }

    /// <summary>Pairs of vectors of a value.</summary>
    public int ValuePairs { get; }

    /// <summary>Bytes of a pair of vectors.</summary>
    public int PairBytes { get; }

    /// <summary>The keys of a head.</summary>
    public byte* Keys(int layer, int slot, int head) => _memory.Pointer + (((((long)layer * _slots) + slot) * _heads) + head) * (_keyBytes + _valueBytes);

    /// <summary>The values of a head.</summary>
    public byte* Values(int layer, int slot, int head) => Keys(layer, slot, head) + _keyBytes;

    /// <summary>Keeps a token's key and value.</summary>
    public void Store(int layer, int slot, int head, int position, float* key, float* value)
    {
        var keys = Keys(layer, slot, head) + ((long)(position / VectorMath.Lanes) * KeyPairs * PairBytes);
        var lane = position % VectorMath.Lanes;
        for (var p = 0; p < KeyPairs; p++, keys += PairBytes)
        {
            Put(keys, lane, key[2 * p], (2 * p) + 1 < _headSize ? key[(2 * p) + 1] : 0);
        }

        var values = Values(layer, slot, head) + ((long)position * ValuePairs * PairBytes);
        for (var p = 0; p < ValuePairs; p++, values += PairBytes)
        {
            for (var j = 0; j < VectorMath.Lanes; j++)
            {
                var first = (p * PackedMatrix.PanelWidth) + j;
                var second = first + VectorMath.Lanes;
                Put(values, j, first < _headSize ? value[first] : 0, second < _headSize ? value[second] : 0);
            }
        }
    }

    /// <summary>Gives one slot the first tokens of another.</summary>
    public void Copy(int from, int to, int count)
    {
        var keys = (long)((count + VectorMath.Lanes - 1) / VectorMath.Lanes) * KeyPairs * PairBytes;
        var values = (long)count * ValuePairs * PairBytes;
        for (var layer = 0; layer < _layers; layer++)
        {
            for (var head = 0; head < _heads; head++)
            {
                Buffer.MemoryCopy(Keys(layer, from, head), Keys(layer, to, head), keys, keys);
                Buffer.MemoryCopy(Values(layer, from, head), Values(layer, to, head), values, values);
            }
        }
    }

    public void Dispose() => _memory.Dispose();

    private void Put(byte* pair, int lane, float first, float second)
    {
        if (IsHalf)
        {
            ((uint*)pair)[lane] = VectorMath.ToHalf(first) | ((uint)VectorMath.ToHalf(second) << 16);
        }
        else
        {
            ((float*)pair)[lane] = first;
            ((float*)pair)[VectorMath.Lanes + lane] = second;
        }
    }
}
