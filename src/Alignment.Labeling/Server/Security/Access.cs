using System.Security.Cryptography;
using System.Text;
using Alignment.Labeling.Server.Api;
using Alignment.Labeling.Votes;
using Microsoft.AspNetCore.Http;

namespace Alignment.Labeling.Server.Security;

/// <summary>Who may do what.</summary>
internal sealed class Access
{
    /// <summary>The header with which a write proves that it comes from the page.</summary>
    public const string CsrfHeader = "X-CSRF";

    private readonly AnnotatorTokens? _tokens;
    private readonly byte[] _adminHash;
    private readonly SessionTable _sessions;
    private readonly FailureLimiter _failures;
    private readonly RequestGuard _guard;

    public Access(LabelServerOptions options, string adminToken, RequestGuard guard)
    {
        (_tokens, _guard, _adminHash) = (options.Tokens, guard, AnnotatorTokens.Hash(adminToken));
        _sessions = new(options.Clock);
        _failures = new(options.FailuresPerMinute, options.Clock);
    }

    /// <summary>What signing in takes.</summary>
    public string SignInNeeds => _tokens is null ? "name" : "token";

    /// <summary>The session of a request.</summary>
    /// <exception cref="ApiException">Nobody is signed in.</exception>
    public Session Session(HttpContext context) => Find(context) ?? throw new ApiException(StatusCodes.Status401Unauthorized, "sign in first");

    /// <summary>The session of a request; null when nobody is signed in.</summary>
    public Session? Find(HttpContext context) => _sessions.Find(context.Request.Cookies[Cookie(context)]);

    /// <summary>The session of a request that changes something.</summary>
    /// <exception cref="ApiException">Nobody is signed in, or the request does not prove that it comes from the page.</exception>
    public Session Writer(HttpContext context)
    {
        var session = Session(context);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(session.Csrf), Encoding.UTF8.GetBytes(context.Request.Headers[CsrfHeader].ToString()))
            ? session
            : throw new ApiException(StatusCodes.Status403Forbidden, $"the header {CsrfHeader} must repeat what signing in answered");
    }

    /// <summary>Refuses who is no admin.</summary>
    /// <exception cref="ApiException">It is an annotator.</exception>
    public void Admin(Session session)
    {
        if (session.Role != AnnotatorRole.Admin)
        {
            throw new ApiException(StatusCodes.Status403Forbidden, "only admins may see this");
        }
    }

    /// <summary>Begins a session and sets its cookie.</summary>
    /// <exception cref="ApiException">The token is wrong, the name is none, or there were too many failures.</exception>
    public Session SignIn(HttpContext context, SignInRequest request)
    {
        var address = context.Connection.RemoteIpAddress;
        if (_failures.Wait(address) is { } wait)
        {
            throw new ApiException(StatusCodes.Status429TooManyRequests, "too many wrong tokens; wait a minute") { RetryAfter = (int)Math.Ceiling(wait.TotalSeconds) };
        }

        var name = request.Annotator?.Trim() ?? "";
        var (annotator, role) = _tokens is { } tokens ? WithToken(tokens, name, request.Token) : WithName(name, request.Token);
        if (annotator is null)
        {
            _failures.Add(address);
            throw new ApiException(StatusCodes.Status401Unauthorized, "this token is not right");
        }

        if (Find(context) is not null)
        {
            _sessions.End(context.Request.Cookies[Cookie(context)]!);
        }

        var (cookie, session) = _sessions.Begin(annotator, role);
        context.Response.Cookies.Append(Cookie(context), cookie, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", Secure = _guard.IsSecure(context.Request), IsEssential = true });
        return session;
    }

    /// <summary>Ends the session of a request.</summary>
    public void SignOut(HttpContext context)
    {
        _ = Writer(context);
        _sessions.End(context.Request.Cookies[Cookie(context)]!);
        context.Response.Cookies.Delete(Cookie(context));
    }

    /// <summary>Who is counted by the limit of requests.</summary>
    public string Caller(HttpContext context) => Find(context) is { } session ? $"annotator {session.Annotator}" : $"address {FailureLimiter.Key(context.Connection.RemoteIpAddress)}";

    // Cookies do not know ports: two servers on one machine must not sign each other's people out.
    private static string Cookie(HttpContext context) => FormattableString.Invariant($"alignment-label-{context.Connection.LocalPort}");

    private static (string?, AnnotatorRole) WithToken(AnnotatorTokens tokens, string name, string? token) =>
        tokens.Find(token) is { } owner && (name.Length == 0 || name == owner.Annotator) ? owner : (null, default);

    private (string?, AnnotatorRole) WithName(string name, string? token)
    {
        if (name.Length is 0 or > Vote.LongestAnnotator || name.Any(char.IsControl))
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"type a name of 1 to {Vote.LongestAnnotator} characters");
        }

        return string.IsNullOrEmpty(token) ? (name, AnnotatorRole.Annotator)
            : CryptographicOperations.FixedTimeEquals(_adminHash, AnnotatorTokens.Hash(token)) ? (name, AnnotatorRole.Admin)
            : (null, default);
    }
}
