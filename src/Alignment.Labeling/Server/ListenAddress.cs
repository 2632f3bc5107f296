using System.Globalization;
using System.Net;

namespace Alignment.Labeling.Server;

/// <summary>Where a server listens.</summary>
/// <param name="Host">The network address; any of the machine's own, or 0.0.0.0 and :: for all of them.</param>
/// <param name="Port">The port; 0 takes a free one.</param>
public sealed record ListenAddress(IPAddress Host, int Port)
{
    /// <summary>This machine only.</summary>
    public static ListenAddress Default { get; } = new(IPAddress.Loopback, 8090);

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Host);

    /// <summary>Reads <c>127.0.0.1:8090</c>, <c>localhost:8090</c>, <c>[::1]:8090</c> or a port alone.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">What it says.</param>
    public static bool TryParse(string? text, out ListenAddress address)
    {
        address = Default;
        var colon = text?.LastIndexOf(':') ?? -1;
        var (host, number) = colon < 0 ? ("localhost", text) : (text![..colon], text[(colon + 1)..]);
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort)
        {
            return false;
        }

        var name = host is ['[', .. var inside, ']'] ? inside : host.Contains(':', StringComparison.Ordinal) ? "" : host;
        var ip = string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback : Parse(name);
        address = ip is null ? address : new(ip, port);
        return ip is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => new IPEndPoint(Host, Port).ToString();

    // IPAddress takes "1" for 0.0.0.1 too.
    private static IPAddress? Parse(string text) =>
        (text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3) && IPAddress.TryParse(text, out var ip) ? ip : null;
}
