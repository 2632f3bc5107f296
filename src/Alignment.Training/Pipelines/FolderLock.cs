using System.Globalization;

namespace Alignment.Training.Pipelines;

/// <summary>Keeps two processes from writing one folder. The system frees the lock when its owner ends, however it ends.</summary>
public sealed class FolderLock : IDisposable
{
    private const string FileName = ".lock";

    private readonly FileStream _stream;

    private FolderLock(FileStream stream) => _stream = stream;

    /// <summary>Takes the lock, making the folder where it is missing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="what">What works there, for the message.</param>
    /// <returns>The lock; dispose it to give it back.</returns>
    /// <exception cref="IOException">Another process has it, or the folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static FolderLock Take(string folder, string what)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(e, $"the folder '{folder}' of {what} cannot be made: {e.Message.TrimEnd('.')}; choose another with --run-dir, or free the space or the rights");
        }

        var path = Path.Combine(folder, FileName);
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new IOException($"{what} is already running in '{folder}' (lock file {path}{Owner(path)}); wait for it or stop it, or choose another folder with --run-dir", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(e, $"the folder '{folder}' of {what} cannot be written: {e.Message.TrimEnd('.')}; choose another with --run-dir, or free the space or the rights");
        }

        WriteOwner(Path.Combine(folder, FileName + ".pid"));
        return new FolderLock(stream);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The files stay: removing a lock that another process has just opened would let a third one in.
        _stream.Dispose();
    }

    private static Exception Refused(Exception cause, string message) =>
        cause is UnauthorizedAccessException ? new UnauthorizedAccessException(message, cause) : new IOException(message, cause);

    private static void WriteOwner(string path)
    {
        try
        {
            File.WriteAllText(path, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // The owner's number is a courtesy in a message: a full disk is reported by what needs the space.
        }
    }

    private static string Owner(string path)
    {
        try
        {
            return $", process {File.ReadAllText(path + ".pid")}";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
