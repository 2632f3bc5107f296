using System.Text;

namespace Alignment.Core.Checkpoints;

/// <summary>Files that are either the old one or the whole new one: written aside, synced, renamed.</summary>
public static class AtomicFile
{
    private const string PartialSuffix = ".partial";

    /// <summary>Writes UTF-8 text without a byte order mark.</summary>
    /// <param name="path">The file to make or replace; its folder must exist.</param>
    /// <param name="text">The whole content.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; the old file is untouched.</exception>
    public static void WriteText(string path, string text) => WriteBytes(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes bytes.</summary>
    /// <param name="path">The file to make or replace; its folder must exist.</param>
    /// <param name="bytes">The whole content.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; the old file is untouched.</exception>
    public static void WriteBytes(string path, ReadOnlyMemory<byte> bytes) => Write(path, stream => stream.Write(bytes.Span));

    /// <summary>Writes whatever <paramref name="write"/> puts into the stream.</summary>
    /// <param name="path">The file to make or replace; its folder must exist.</param>
    /// <param name="write">Writes the whole content; the stream is seekable and not to be closed.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; the old file is untouched.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var full = Path.GetFullPath(path);
        var partial = full + PartialSuffix;
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, full, overwrite: true);
        }
        catch
        {
            RemoveQuietly(partial);
            throw;
        }

        FileSync.Folder(Path.GetDirectoryName(full)!);
    }

    /// <summary>
    /// Writes a whole folder aside and puts it into place. On Linux an old folder changes places with it at once; elsewhere the old one is renamed first, and
    /// a process that ends right then leaves it as <c>.NAME.old</c>, which the next write puts back.
    /// </summary>
    /// <param name="path">The folder to make or replace; its parent must exist.</param>
    /// <param name="write">Fills the folder whose path it is given.</param>
    /// <exception cref="IOException">The disk is full or the parent cannot be written; the old folder is untouched.</exception>
    public static void WriteFolder(string path, Action<string> write) => WriteFolder(path, write, FolderSwap.TryExchange);

    /// <summary>The same with another way to let two folders change places.</summary>
    internal static void WriteFolder(string path, Action<string> write, Func<string, string, bool> exchange)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var parent = Path.GetDirectoryName(full)!;
        var partial = Path.Combine(parent, $".{Path.GetFileName(full)}{PartialSuffix}");
        FolderSwap.Recover(full);
        RemoveFolder(partial);
        string? old;
        try
        {
            Directory.CreateDirectory(partial);
            write(partial);
            FileSync.Tree(partial);
            old = FolderSwap.Place(partial, full, exchange);
        }
        catch
        {
            RemoveQuietly(partial);
            throw;
        }

        FileSync.Folder(parent);
        if (old is not null)
        {
            RemoveQuietly(old);
        }
    }

    /// <summary>Removes a folder so that no half-removed folder keeps its name; nothing happens when there is none.</summary>
    /// <param name="path">The folder.</param>
    public static void RemoveFolder(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Directory.Exists(full))
        {
            return;
        }

        var aside = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full).TrimStart('.')}.removed");
        if (Directory.Exists(aside))
        {
            Directory.Delete(aside, recursive: true);
        }

        Directory.Move(full, aside);
        Directory.Delete(aside, recursive: true);
    }

    private static void RemoveQuietly(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to report; a leftover is removed by the next write.
        }
    }
}
