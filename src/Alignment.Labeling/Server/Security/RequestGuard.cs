using System.Net;
using Microsoft.AspNetCore.Http;

namespace Alignment.Labeling.Server.Security;

/// <summary>Refuses requests that another web site made a browser send: a host that is not this server's (DNS rebinding), an origin that is not the page's own.</summary>
internal sealed class RequestGuard
{
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _origins = new(StringComparer.OrdinalIgnoreCase);
    private readonly bool _loopback;

    public RequestGuard(LabelServerOptions options)
    {
        _loopback = options.Address.IsLoopback;
        foreach (var origin in options.Origins.Select(origin => new Uri(origin)))
        {
            _origins.Add(origin.GetLeftPart(UriPartial.Authority));
            _hosts.Add(origin.Authority);
        }
    }

    /// <summary>What is wrong with a request; null when nothing is.</summary>
    public string? Problem(HttpContext context)
    {
        var request = context.Request;
        if (!IsOwnHost(request.Host, context.Connection))
        {
            return $"the host '{request.Host}' is not this server's; open the address that it printed, or start it with --origin";
        }

        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !IsOwnOrigin(origin, request))
        {
            return "the request comes from another site";
        }

        // Browsers that send no Origin with reads say at least this. A link to the page itself is welcome from anywhere.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return site is "cross-site" or "same-site" && request.Path.StartsWithSegments("/api") ? "the request comes from another site" : null;
    }

    /// <summary>Whether browsers reach the page by HTTPS: directly, or through a proxy that was named as an origin.</summary>
    public bool IsSecure(HttpRequest request) => request.IsHttps || _origins.Contains($"https://{request.Host.Value}");

    private bool IsOwnOrigin(string origin, HttpRequest request) =>
        string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase) || _origins.Contains(origin);

    private bool IsOwnHost(HostString host, ConnectionInfo connection)
    {
        if (_hosts.Contains(host.Value ?? ""))
        {
            return true;
        }

        if ((host.Port ?? 80) != connection.LocalPort && !(host.Port is null && connection.LocalPort == 443))
        {
            return false;
        }

        // A site that rebinds its name to this machine keeps its name. These names and addresses are nobody else's.
        return string.Equals(host.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (!_loopback && string.Equals(host.Host, Environment.MachineName, StringComparison.OrdinalIgnoreCase))
            || (IPAddress.TryParse(host.Host.Trim('[', ']'), out var ip) && connection.LocalIpAddress is { } local && ip.Equals(local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local));
    }
}
