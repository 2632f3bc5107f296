using System.Buffers.Binary;
using System.Text;

namespace Alignment.Core.Tests.Checkpoints;

/// <summary>Builds safetensors files by hand, broken ones included.</summary>
internal static class SafetensorsBytes
{
    /// <summary>A file with this JSON header and so many zero bytes of data.</summary>
    public static byte[] Of(string header, int dataBytes) => Of(Encoding.UTF8.GetBytes(header), dataBytes);

    public static byte[] Of(byte[] header, int dataBytes, ulong? claimedLength = null)
    {
        var bytes = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, claimedLength ?? (ulong)header.Length);
        header.CopyTo(bytes, 8);
        return bytes;
    }

    /// <summary>The header entry of one tensor.</summary>
    public static string Tensor(string name, string shape, string offsets, string type = "F32") =>
        $$"""
        "{{name}}":{"dtype":"{{type}}","shape":{{shape}},"data_offsets":{{offsets}}}
        """.Trim();
}
