using System.Buffers.Binary;
using System.Text;

namespace Alignment.Data.Tokenization.Files;

/// <summary>Reads the fields of one protobuf message, in order; only what SentencePiece's files use.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes, string path)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _place;
    private int _wire;

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>The last field's number, for a varint.</summary>
    public ulong Number { get; private set; }

    /// <summary>The last field's content, for a delimited one.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The last field as text.</summary>
    public readonly string Text => _wire == Delimited ? Encoding.UTF8.GetString(Bytes) : throw Error($"field {Field} is no text");

    /// <summary>The last field as yes or no.</summary>
    public readonly bool Flag => Number != 0;

    /// <summary>The last field as a floating-point number.</summary>
    public readonly float Single => _wire == Fixed32 ? BitConverter.UInt32BitsToSingle((uint)Number) : throw Error($"field {Field} is no floating-point number");

    /// <summary>Goes to the next field.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Read()
    {
        if (_place == _bytes.Length)
        {
            return false;
        }

        var key = ReadVarint();
        (Field, _wire) = ((int)Math.Min(key >> 3, int.MaxValue), (int)(key & 7));
        Bytes = default;
        switch (_wire)
        {
            case Varint:
                Number = ReadVarint();
                break;
            case Fixed32:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            case Fixed64:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case Delimited:
                Bytes = Take(ReadVarint());
                break;
            default:
                throw Error($"a field of wire type {_wire} at byte {_place}");
        }

        return true;
    }

    private readonly InvalidDataException Error(string problem) => new($"{path}: not a SentencePiece model: {problem}; fetch the file again.");

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)(_bytes.Length - _place))
        {
            throw Error($"a field of {length} bytes at byte {_place} of {_bytes.Length}");
        }

        _place += (int)length;
        return _bytes.Slice(_place - (int)length, (int)length);
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Error($"a number without end at byte {_place}");
    }
}
