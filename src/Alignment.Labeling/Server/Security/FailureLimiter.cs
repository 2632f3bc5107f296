using System.Net;
using System.Net.Sockets;

namespace Alignment.Labeling.Server.Security;

/// <summary>Counts wrong tokens of a network address; after some within a minute it has to wait until the minute is over.</summary>
internal sealed class FailureLimiter(int perMinute, TimeProvider clock)
{
    private const int Most = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Count, DateTimeOffset Since)> _failures = new(StringComparer.Ordinal);

    /// <summary>How long an address has to wait; null when it need not.</summary>
    public TimeSpan? Wait(IPAddress? address)
    {
        lock (_gate)
        {
            return _failures.TryGetValue(Key(address), out var seen) && seen.Count >= perMinute && clock.GetUtcNow() - seen.Since < Window
                ? seen.Since + Window - clock.GetUtcNow()
                : null;
        }
    }

    /// <summary>Counts a failure.</summary>
    public void Add(IPAddress? address)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if (_failures.Count >= Most)
            {
                foreach (var old in _failures.Where(pair => now - pair.Value.Since >= Window).Select(pair => pair.Key).ToList())
                {
                    _failures.Remove(old);
                }
            }

            var key = Key(address);
            var seen = _failures.GetValueOrDefault(key);
            _failures[key] = now - seen.Since < Window ? (seen.Count + 1, seen.Since) : (1, now);
        }
    }

    // Who has one IPv6 address has the 2^64 of its network.
    internal static string Key(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(plain.GetAddressBytes().AsSpan(0, 8)) : plain.ToString();
    }
}
