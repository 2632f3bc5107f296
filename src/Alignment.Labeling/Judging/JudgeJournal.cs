using System.Security.Cryptography;
using System.Text;
using Alignment.Core.Checkpoints;
using Alignment.Data;
using Alignment.Labeling.Chat;
using Alignment.Labeling.Store;

namespace Alignment.Labeling.Judging;

/// <summary>Every answer that a judge got, on the disk before it is used: a judge that was stopped, however it was stopped, asks only what is missing.</summary>
public sealed class JudgeJournal : IAsyncDisposable
{
    private const int SecretBytes = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, JudgeReply> _replies = new(StringComparer.Ordinal);
    private readonly FileStream _lock;
    private readonly Journal _journal;
    private JudgeBegin? _begin;
    private TokenUsage _spent = TokenUsage.None;
    private TokenUsage _taken = TokenUsage.None;

    private JudgeJournal(string path, JudgeSettings settings, TimeProvider clock)
    {
        _lock = TakeLock(path);
        try
        {
            var length = File.Exists(path) ? JournalReader.Read<JudgeEvent>(path, Apply) : 0;
            if (_begin is { } begun && (_replies.Count > 0 || _spent.Total > 0))
            {
                Check(path, begun.Settings, settings);
            }
            else
            {
                // Nothing was answered yet: whatever began here may begin anew.
                _begin = new JudgeBegin(settings, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)), clock.GetUtcNow());
                var line = JournalLine.Write(new JudgeEvent { Begin = _begin });
                AtomicFile.WriteBytes(path, line);
                length = line.Length;
            }

            Secret = Encoding.UTF8.GetBytes(_begin.Secret);
            _journal = new Journal(path, length, "answers");
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>What all answers took, with what was lost.</summary>
    public TokenUsage Spent
    {
        get
        {
            lock (_gate)
            {
                return _spent;
            }
        }
    }

    /// <summary>What was spent since it was opened.</summary>
    public TokenUsage Taken
    {
        get
        {
            lock (_gate)
            {
                return _taken;
            }
        }
    }

    /// <summary>Answers that are there.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _replies.Count;
            }
        }
    }

    /// <summary>What the codes of questions are made of.</summary>
    internal byte[] Secret { get; }

    /// <summary>Opens a judge's journal, or begins one.</summary>
    /// <param name="path">The file; its folder is made.</param>
    /// <param name="settings">The judge's.</param>
    /// <param name="clock">The time; the system's when null.</param>
    /// <exception cref="InvalidDataException">The journal is another judge's.</exception>
    /// <exception cref="IOException">It is in use, or cannot be written.</exception>
    /// <exception cref="DataFormatException">It is damaged.</exception>
    public static JudgeJournal Open(string path, JudgeSettings settings, TimeProvider? clock = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(settings);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return new JudgeJournal(path, settings, clock ?? TimeProvider.System);
    }

    /// <summary>A file name for a judge's name: what file systems do not take is left out, and a hash keeps different names apart.</summary>
    /// <param name="name">The judge's name.</param>
    public static string FileName(string name)
    {
        var plain = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_')).Trim('.');
        return $"{plain[..Math.Min(plain.Length, 60)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8]}.jsonl";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync().ConfigureAwait(false);
        _lock.Dispose();
    }

    /// <summary>The answer to what was sent before; null when there is none.</summary>
    internal JudgeReply? Find(string prompt)
    {
        lock (_gate)
        {
            return _replies.GetValueOrDefault(prompt);
        }
    }

    /// <summary>Keeps an answer; ends when it is on the disk.</summary>
    internal Task AddAsync(JudgeReply reply) => Append(new JudgeEvent { Reply = reply });

    /// <summary>Keeps that tokens were probably paid for without an answer. Nobody waits for the disk: the next answer does.</summary>
    /// <param name="lost">The tokens.</param>
    public void AddLost(TokenUsage lost) => _ = Append(new JudgeEvent { Lost = lost });

    private Task Append(JudgeEvent entry)
    {
        lock (_gate)
        {
            Apply(entry);
            _taken += Usage(entry);
            return _journal.Append(JournalLine.Write(entry));
        }
    }

    private void Apply(JudgeEvent entry)
    {
        _begin ??= entry.Begin;
        if (entry.Reply is { } reply)
        {
            _replies[reply.Prompt] = reply;
        }

        _spent += Usage(entry);
    }

    private static TokenUsage Usage(JudgeEvent entry) => entry.Reply?.Usage ?? entry.Lost ?? TokenUsage.None;

    private static void Check(string path, JudgeSettings begun, JudgeSettings settings)
    {
        if (begun.Differences(settings) is { Count: > 0 } differences)
        {
            throw new InvalidDataException($"{path}: the judge '{begun.Name}' began with another {string.Join(", ", differences)}; with other settings it is another annotator: give it another --name");
        }
    }

    private static FileStream TakeLock(string path)
    {
        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path + ".lock"))
        {
            throw new IOException($"the judge's journal {path} is in use by another process; wait for it or stop it", e);
        }
    }
}
