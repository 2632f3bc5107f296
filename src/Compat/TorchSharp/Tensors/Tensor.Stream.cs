namespace TorchSharp;

public static partial class torch
{
    /// <content>Raw bytes to and from streams.</content>
    public unsafe partial class Tensor
    {
        /// <summary>Writes the elements, row-major, as they lie in memory.</summary>
        public void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            using var local = cpu();
            using var flat = local.contiguous();
            var data = (byte*)flat.DataPointer();
            var left = flat.NumberOfElements * flat.ElementSize;
            for (; left > 0; left -= bufferSize, data += bufferSize)
            {
                stream.Write(new ReadOnlySpan<byte>(data, (int)Math.Min(left, bufferSize)));
            }
        }

        /// <summary>Fills a contiguous tensor with bytes that WriteBytesToStream wrote.</summary>
        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            using var local = is_cpu() && is_contiguous() ? Share() : torch.empty(shape, dtype, CPU);
            var data = (byte*)local.DataPointer();
            var left = local.NumberOfElements * local.ElementSize;
            for (; left > 0; left -= bufferSize, data += bufferSize)
            {
                stream.ReadExactly(new Span<byte>(data, (int)Math.Min(left, bufferSize)));
            }

            if (!(is_cpu() && is_contiguous()))
            {
                using var quiet = no_grad();
                copy_(local);
            }
        }
    }
}
