using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Alignment.Labeling.Server.Security;

/// <summary>Who is signed in. In memory: after a restart people sign in again; the page does it by itself where a name is enough.</summary>
internal sealed class SessionTable(TimeProvider clock)
{
    private const int Most = 10_000;
    private const int RandomBytes = 32;
    private static readonly TimeSpan Idle = TimeSpan.FromHours(12);

    // By the hash of the cookie: how long a look-up takes tells nothing about a cookie.
    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <summary>Begins a session.</summary>
    /// <returns>The cookie's value and the session.</returns>
    public (string Cookie, Session Session) Begin(string annotator, AnnotatorRole role)
    {
        if (_sessions.Count >= Most)
        {
            Forget();
        }

        var cookie = Secret();
        var session = new Session(annotator, role, Secret()) { LastUsed = clock.GetUtcNow().UtcTicks };
        _sessions[Key(cookie)] = session;
        return (cookie, session);
    }

    /// <summary>The session of a cookie; null when there is none any more.</summary>
    public Session? Find(string? cookie)
    {
        if (cookie is not { Length: > 0 and < 200 } || !_sessions.TryGetValue(Key(cookie), out var session))
        {
            return null;
        }

        var now = clock.GetUtcNow().UtcTicks;
        if (now - session.LastUsed > Idle.Ticks)
        {
            End(cookie);
            return null;
        }

        session.LastUsed = now;
        return session;
    }

    /// <summary>Ends the session of a cookie.</summary>
    public void End(string cookie) => _sessions.TryRemove(Key(cookie), out _);

    private static string Secret() => System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    private static string Key(string cookie) => Convert.ToHexString(AnnotatorTokens.Hash(cookie));

    private void Forget()
    {
        foreach (var (key, _) in _sessions.OrderBy(pair => pair.Value.LastUsed).Take(Most / 10).ToList())
        {
            _sessions.TryRemove(key, out _);
        }
    }
}
