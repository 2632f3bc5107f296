using System.Runtime.InteropServices;

namespace Alignment.Core.Checkpoints;

/// <summary>Brings what was written to the disk itself, so that a power cut finds either the old state or the new one.</summary>
internal static partial class FileSync
{
    private const int OpenReadOnly = 0;

    /// <summary>Syncs a folder's entries (names made, renamed or removed in it). Does nothing on Windows, which has no such call.</summary>
    public static void Folder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(path, OpenReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"cannot open folder '{path}' to sync it: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            // Some file systems (network mounts) refuse fsync on a folder; the rename itself is still atomic there.
            _ = Sync(descriptor);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Syncs every file below a folder, then every folder, the innermost first.</summary>
    public static void Tree(string path)
    {
        foreach (var file in Directory.EnumerateFiles(path))
        {
            // Copied tokenizer files may be read-only; only Windows wants write access for a flush.
            using var handle = File.OpenHandle(file, FileMode.Open, OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read);
            RandomAccess.FlushToDisk(handle);
        }

        foreach (var folder in Directory.EnumerateDirectories(path))
        {
            Tree(folder);
        }

        Folder(path);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
