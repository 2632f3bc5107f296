namespace Alignment.Labeling.Chat;

/// <summary>Reads what a server sends, up to a limit.</summary>
internal static class BoundedBody
{
    private const int FirstBytes = 16 << 10;

    /// <summary>Reads a body to its end.</summary>
    /// <param name="content">The body.</param>
    /// <param name="limit">The most bytes.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>Null when there is more; the rest is not read.</returns>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<byte[]?> ReadAsync(HttpContent content, int limit, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > limit)
        {
            return null;
        }

        await using var stream = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var bytes = new byte[Math.Min(limit + 1, FirstBytes)];
        var length = 0;
        while (await stream.ReadAsync(bytes.AsMemory(length), cancellation).ConfigureAwait(false) is > 0 and var read)
        {
            length += read;
            if (length > limit)
            {
                return null;
            }

            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(limit + 1L, bytes.Length * 2L));
            }
        }

        return bytes[..length];
    }
}
