using System.Runtime.InteropServices;

namespace Alignment.Core.Checkpoints;

/// <summary>Puts a folder into the place of another one, so that a process that ends at any moment leaves the old one or the new one.</summary>
internal static partial class FolderSwap
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint Exchange = 2;        // RENAME_EXCHANGE

    /// <summary>Puts a folder into place.</summary>
    /// <param name="from">The whole new folder.</param>
    /// <param name="to">Its place, in the same parent.</param>
    /// <param name="exchange">Lets two folders change places at once; false where that cannot be.</param>
    /// <returns>Where the old folder is now, to be removed; null where there was none.</returns>
    public static string? Place(string from, string to, Func<string, string, bool> exchange)
    {
        if (!Directory.Exists(to))
        {
            Directory.Move(from, to);
            return null;
        }

        if (exchange(from, to))
        {
            return from;
        }

        var old = OldOf(to);
        Directory.Move(to, old);
        try
        {
            Directory.Move(from, to);
        }
        catch
        {
            Directory.Move(old, to);
            throw;
        }

        return old;
    }

    /// <summary>Puts back what a process left that ended between the two renames of <see cref="Place"/>, or removes what it left behind them.</summary>
    /// <param name="path">The folder.</param>
    public static void Recover(string path)
    {
        var old = OldOf(path);
        if (!Directory.Exists(old))
        {
            return;
        }

        if (Directory.Exists(path))
        {
            Directory.Delete(old, recursive: true);
        }
        else
        {
            Directory.Move(old, path);
        }
    }

    /// <summary>Lets two folders change places at once.</summary>
    /// <returns>False where the system or the file system has no such call; whatever else is wrong, a rename will say it.</returns>
    public static bool TryExchange(string a, string b)
    {
        try
        {
            return OperatingSystem.IsLinux() && RenameAt(CurrentFolder, a, CurrentFolder, b, Exchange) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // a C library without it
        }
    }

    private static string OldOf(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.old");

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(int fromFolder, string from, int toFolder, string to, uint flags);
}
