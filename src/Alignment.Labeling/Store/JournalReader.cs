using Alignment.Data;

namespace Alignment.Labeling.Store;

/// <summary>Reads a journal from its beginning.</summary>
internal static class JournalReader
{
    /// <summary>
    /// Hands every event to <paramref name="apply"/>. A last line without an end was being written when the process was killed: nobody was told that it is
    /// saved, so it does not count. A whole line that is damaged is another matter and is refused.
    /// </summary>
    /// <typeparam name="T">What a line holds.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="apply">Takes an event.</param>
    /// <returns>The bytes of the whole lines.</returns>
    /// <exception cref="DataFormatException">A line is damaged or does not fit those before it.</exception>
    public static long Read<T>(string path, Action<T> apply)
        where T : class
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        var bytes = new byte[file.Length];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var rest = bytes.AsSpan(0, length);
        for (var line = 1; rest.IndexOf((byte)'\n') is >= 0 and var end; line++, rest = rest[(end + 1)..])
        {
            var where = $"{path}:{line}";
            var entry = JournalLine.Read<T>(rest[..end], where)
                ?? throw new DataFormatException(where, "the line is damaged: its checksum does not fit", "the lines before it are sound; take the file from a backup, or remove the line and with it what it says");
            try
            {
                apply(entry);
            }
            catch (Exception e) when (e is KeyNotFoundException or ArgumentException)
            {
                throw new DataFormatException(where, "the entry does not fit the tasks and the entries before it", "tasks.jsonl and votes.jsonl are not of the same project, or a line was added by hand", e);
            }
        }

        return length - rest.Length;
    }
}
