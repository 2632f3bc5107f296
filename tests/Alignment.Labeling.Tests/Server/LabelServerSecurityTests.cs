using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Alignment.Labeling.Server;
using Alignment.Labeling.Store;

namespace Alignment.Labeling.Tests.Server;

/// <summary>What the server refuses.</summary>
public sealed class LabelServerSecurityTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private LabelServer? _server;
    private ILabelStore? _store;

    public async ValueTask DisposeAsync()
    {
        await (_server?.DisposeAsync() ?? default);
        await (_store?.DisposeAsync() ?? default);
        _folder.Dispose();
    }

    private async Task<PageClient> ServeAsync(LabelServerOptions? options = null)
    {
        (_server, _store) = await PageClient.ServeAsync(Path.Combine(_folder.Path, "project"), Made.Tasks(5), options);
        return new(_server.Address);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/app/main.js")]
    [InlineData("GET", "/api/next")]
    [InlineData("GET", "/nothing")]
    [InlineData("PUT", "/api/votes")]
    public async Task EveryAnswer_ForbidsTheBrowserWhatThePageDoesNotNeed(string method, string path)
    {
        using var client = await ServeAsync();
        using var response = await client.SendAsync(new(method), path);
        string Header(string name) => string.Join("; ", response.Headers.TryGetValues(name, out var values) ? values : []);
        var policy = Header("Content-Security-Policy");
        foreach (var rule in (string[])["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
        {
            policy.ShouldContain(rule);
        }

        policy.ShouldNotContain("unsafe");
        Header("X-Content-Type-Options").ShouldBe("nosniff");
        Header("Referrer-Policy").ShouldBe("no-referrer");
        Header("Cache-Control").ShouldBe("no-store");
        Header("Permissions-Policy").ShouldContain("camera=()");
        Header("Server").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example:PORT")]
    [InlineData("127.0.0.1.evil.example:PORT")]
    [InlineData("192.168.0.1:PORT")]
    [InlineData("localhost:1")]
    [InlineData("")]
    public async Task AnotherHost_IsRefused(string host)
    {
        using var client = await ServeAsync();
        var (status, _) = await RawAsync($"GET /api/session HTTP/1.1\r\nHost: {host.Replace("PORT", $"{_server!.Address.Port}", StringComparison.Ordinal)}\r\nConnection: close\r\n\r\n");
        status.ShouldBeOneOf(400, 403);
    }

    [Theory]
    [InlineData("localhost:PORT")]
    [InlineData("127.0.0.1:PORT")]
    public async Task OwnHosts_AreServed(string host)
    {
        using var client = await ServeAsync();
        (await RawAsync($"GET / HTTP/1.1\r\nHost: {host.Replace("PORT", $"{_server!.Address.Port}", StringComparison.Ordinal)}\r\nConnection: close\r\n\r\n")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task AnotherOrigin_IsRefused_EvenWithCookieAndSecret(string header, string value)
    {
        using var client = await ServeAsync();
        await client.AsAsync("ada");
        var vote = new { votes = new[] { new { id = "v", task = "t0", choice = 0 } } };
        (await client.PostAsync("/api/votes", vote, (header, value))).Status.ShouldBe(403);
        (await client.GetAsync("/api/next", (header, value))).Status.ShouldBe(403);
        (await client.PostAsync("/api/session", new { annotator = "mallory" }, (header, value))).Status.ShouldBe(403);
        (await _store!.VotesAsync()).ShouldBeEmpty();
        (await client.PostAsync("/api/votes", vote, ("Origin", _server!.Address.ToString().TrimEnd('/')), ("Sec-Fetch-Site", "same-origin"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task AWrite_NeedsTheSecret()
    {
        using var client = await ServeAsync();
        await client.AsAsync("ada");
        client.Csrf = null;
        (await client.VoteAsync("t0", 0)).ShouldBe("403");
        client.Csrf = "wrong";
        (await client.VoteAsync("t0", 0)).ShouldBe("403");
        (await client.PostAsync("/api/undo", new { vote = "v" })).Status.ShouldBe(403);
        (await client.CallAsync(HttpMethod.Delete, "/api/session")).Status.ShouldBe(403);
        (await _store!.VotesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task WithoutASession_NothingIsGivenOut()
    {
        using var client = await ServeAsync();
        foreach (var path in (string[])["/api/next", "/api/progress", "/api/session", "/api/admin/report", "/api/adjudication/next"])
        {
            var (status, body) = await client.GetAsync(path);
            status.ShouldBe(401);
            body["signIn"]!.GetValue<string>().ShouldBe("name");
        }

        (await client.VoteAsync("t0", 0)).ShouldBe("401");
    }

    [Fact]
    public async Task SigningOut_EndsTheSession()
    {
        using var client = await ServeAsync();
        await client.AsAsync("ada");
        (await client.CallAsync(HttpMethod.Delete, "/api/session")).Status.ShouldBe(204);
        (await client.GetAsync("/api/next")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Cookie_IsOutOfScriptsReach()
    {
        using var client = await ServeAsync();
        using var response = await client.SendAsync(HttpMethod.Post, "/api/session", new { annotator = "ada" });
        var cookie = response.Headers.GetValues("Set-Cookie").Single().ToLowerInvariant();
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=strict");
        cookie.ShouldContain("path=/");
    }

    [Fact]
    public async Task Tokens_SayWhoItIs()
    {
        var (ada, eve) = (AnnotatorTokens.NewToken(), AnnotatorTokens.NewToken());
        var file = _folder.Write("tokens.jsonl", $"{AnnotatorTokens.Line("ada", ada, AnnotatorRole.Annotator)}\n{{\"annotator\": \"eve\", \"token\": \"{eve}\", \"role\": \"admin\"}}\n");
        using var client = await ServeAsync(PageClient.Options with { Tokens = AnnotatorTokens.Read(file) });
        _server!.AdminToken.ShouldBeNull();
        (await client.SignInAsync("ada")).Status.ShouldBe(401);
        (await client.SignInAsync("ada", PageClient.Options.AdminToken)).Status.ShouldBe(401);
        (await client.SignInAsync("ada", eve)).Status.ShouldBe(401);
        (await client.SignInAsync("ada", ada)).Body["role"]!.GetValue<string>().ShouldBe("annotator");
        (await client.SignInAsync(null, ada)).Body["annotator"]!.GetValue<string>().ShouldBe("ada");
        (await client.SignInAsync("", eve)).Body["role"]!.GetValue<string>().ShouldBe("admin");
        (await File.ReadAllTextAsync(file)).ShouldNotContain(ada);
    }

    [Fact]
    public async Task WrongTokens_HaveToWait()
    {
        var clock = new Store.HandClock();
        using var client = await ServeAsync(PageClient.Options with { FailuresPerMinute = 3, Clock = clock });
        for (var i = 0; i < 3; i++)
        {
            (await client.SignInAsync("ada", "wrong")).Status.ShouldBe(401);
        }

        using var refused = await client.SendAsync(HttpMethod.Post, "/api/session", new { annotator = "ada", token = PageClient.Options.AdminToken });
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests, "even the right one, so that waiting tells nothing");
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        clock.Now += TimeSpan.FromSeconds(61);
        (await client.SignInAsync("ada", PageClient.Options.AdminToken)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task TooManyRequests_AreRefused()
    {
        using var client = await ServeAsync(PageClient.Options with { RequestsPerSecond = 2 });
        var statuses = await Task.WhenAll(Enumerable.Range(0, 30).Select(async _ => (await client.GetAsync("/api/session")).Status));
        statuses.ShouldContain(429);
        statuses.ShouldContain(401);
    }

    [Fact]
    public async Task LargeBodies_AreRefused()
    {
        using var client = await ServeAsync(PageClient.Options with { MaxBody = 10_000 });
        await client.AsAsync("ada");
        var (status, body) = await client.PostAsync("/api/votes", new { votes = new[] { new { id = "v", task = "t0", choice = 0, comment = new string('x', 20_000) } } });
        status.ShouldBe(413);
        body["detail"]!.GetValue<string>().ShouldContain("10000 bytes");
    }

    [Theory]
    [InlineData("not json", "application/json", 400)]
    [InlineData("null", "application/json", 400)]
    [InlineData("[]", "application/json", 400)]
    [InlineData("{\"votes\": null}", "application/json", 400)]
    [InlineData("{\"votes\": [null]}", "application/json", 400)]
    [InlineData("{\"votes\": [{\"id\": \"v\"}]}", "application/json", 400)]
    [InlineData("{\"votes\": [], \"more\": 1}", "application/json", 400)]
    [InlineData("{\"votes\": []}", "text/plain", 415)]
    public async Task BrokenBodies_AreExplained_WithoutTheServersInside(string body, string type, int expected)
    {
        using var client = await ServeAsync();
        await client.AsAsync("ada");
        var (status, problem) = await client.PostAsync("/api/votes", new StringContent(body, Encoding.UTF8, type));
        status.ShouldBe(expected);
        problem["status"]!.GetValue<int>().ShouldBe(expected);
        problem.ToJsonString().ShouldNotContain("   at ");
        problem.ToJsonString().ShouldNotContain("System.");
    }

    [Theory]
    [InlineData("\"tie!\"")]
    [InlineData("-1")]
    [InlineData("2")]
    [InlineData("1.5")]
    [InlineData("{}")]
    [InlineData("99999999999999999999")]
    [InlineData("null")]
    public async Task WrongChoices_AreRefusedOneByOne(string choice)
    {
        using var client = await ServeAsync();
        await client.AsAsync("ada");
        var (status, body) = await client.PostAsync("/api/votes", new StringContent($$"""{"votes": [{"id": "v", "task": "t0", "choice": {{choice}}}, {"id": "w", "task": "t1", "choice": 0}]}""", Encoding.UTF8, "application/json"));
        status.ShouldBe(200);
        body["receipts"]!.AsArray().Select(receipt => receipt!["status"]!.GetValue<string>()).ShouldBe(["invalid", "saved"]);
    }

    [Theory]
    [InlineData("/../project.json")]
    [InlineData("/app/../project.json")]
    [InlineData("/app/..%2f..%2fproject.json")]
    [InlineData("/app/%2e%2e/project.json")]
    [InlineData("/app/..\\project.json")]
    [InlineData("/app//etc/passwd")]
    [InlineData("/app/index.html%00.js")]
    [InlineData("/votes.jsonl")]
    public async Task Paths_ReachNoFiles(string path)
    {
        using var client = await ServeAsync();
        var (status, text) = await RawAsync($"GET {path} HTTP/1.1\r\nHost: localhost:{_server!.Address.Port}\r\nConnection: close\r\n\r\n");
        status.ShouldBeOneOf(400, 404);
        text.ShouldNotContain("\"seed\"");
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a\nb")]
    public async Task ANameMustBeOne(string name)
    {
        using var client = await ServeAsync();
        (await client.SignInAsync(name)).Status.ShouldBe(400);
    }

    [Fact]
    public async Task AStoreThatFails_IsNotExplainedToStrangers()
    {
        var errors = new StringWriter();
        using var client = await ServeAsync(PageClient.Options with { Errors = errors });
        await client.AsAsync("ada");
        await _store!.DisposeAsync();
        var (status, problem) = await client.PostAsync("/api/votes", new { votes = new[] { new { id = "v", task = "t0", choice = 0 } } });
        status.ShouldBeOneOf(500, 503);
        problem.ToJsonString().ShouldNotContain(_folder.Path);
        errors.ToString().ShouldContain("/api/votes");
    }

    [Fact]
    public void OtherAddresses_DemandTokens() =>
        new LabelServerOptions { Address = new(IPAddress.Any, 8090) }.Problems().Single().ShouldStartWith("tokens is missing: 0.0.0.0:8090 can be reached from other machines");

    [Fact]
    public async Task APortInUse_IsSaid()
    {
        using var client = await ServeAsync();
        await Should.ThrowAsync<Microsoft.AspNetCore.Connections.AddressInUseException>(() => LabelServer.StartAsync(PageClient.Options with { Address = new(IPAddress.Loopback, _server!.Address.Port) }, _store!));
    }

    [Fact]
    public async Task AServerForOthers_IsReachedByAddressAndMachineName_ButNoOtherName()
    {
        var tokens = AnnotatorTokens.Read(_folder.Write("tokens.jsonl", AnnotatorTokens.Line("ada", AnnotatorTokens.NewToken(), AnnotatorRole.Annotator)));
        using var client = await ServeAsync(PageClient.Options with { Address = new(IPAddress.Any, 0), Tokens = tokens });
        foreach (var (host, expected) in ((string, int)[])[("127.0.0.1", 200), ("localhost", 200), (Environment.MachineName, 200), ("evil.example", 403), ("10.9.8.7", 403)])
        {
            (await RawAsync($"GET / HTTP/1.1\r\nHost: {host}:{_server!.Address.Port}\r\nConnection: close\r\n\r\n")).Status.ShouldBe(expected, host);
        }
    }

    [Fact]
    public async Task AProxysOrigin_IsTheServersOwn()
    {
        using var client = await ServeAsync(PageClient.Options with { Origins = ["https://label.example.org"] });
        var (status, text) = await RawAsync("POST /api/session HTTP/1.1\r\nHost: label.example.org\r\nOrigin: https://label.example.org\r\nContent-Type: application/json\r\nContent-Length: 19\r\nConnection: close\r\n\r\n{\"annotator\":\"ada\"}");
        status.ShouldBe(200);
        text.ShouldContain("secure");
    }

    [Fact]
    public async Task ACertificate_MakesHttps_AndTheCookieSecure()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var plain = await ServeAsync(PageClient.Options with { Certificate = _folder.Write("cert.pem", certificate.ExportCertificatePem()), Key = _folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem()) });
        _server!.Address.Scheme.ShouldBe("https");
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = new() { RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString() } }) { BaseAddress = _server.Address };
        using var response = await client.PostAsync("/api/session", new StringContent("{\"annotator\":\"ada\"}", Encoding.UTF8, "application/json"));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("Set-Cookie").Single().ShouldContain("secure");
    }

    [Fact]
    public async Task AWrongCertificate_IsSaid()
    {
        var file = _folder.Write("cert.pem", "no certificate");
        (await Should.ThrowAsync<InvalidDataException>(() => ServeAsync(PageClient.Options with { Certificate = file, Key = file }))).Message.ShouldContain("cert.pem");
    }

    private async Task<(int Status, string Text)> RawAsync(string request)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, _server!.Address.Port);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        var text = await reader.ReadToEndAsync();
        return (int.Parse(text.Split(' ')[1], null), text);
    }
}
