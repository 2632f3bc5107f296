using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Alignment.Data.Rows;
using Alignment.Labeling.Chat;

namespace Alignment.Labeling.Tests.Chat;

/// <summary>A client against a server that misbehaves on purpose.</summary>
public sealed class HttpChatEndpointTests : IDisposable
{
    private const string Secret = "sk-test-4711";
    private const string Variable = "ALIGNMENT_TEST_KEY";

    private static readonly ChatRequest Hello = new([new Message(Message.System, "be brief"), new Message(Message.User, "hello")])
    {
        MaxTokens = 50,
        Seed = 7,
        Schema = new("thing", new JsonObject { ["type"] = "object" }),
    };

    private readonly FastClock _clock = new();
    private readonly List<TokenUsage> _lost = [];
    private readonly List<ChatRetry> _retries = [];
    private readonly TokenBudget _budget;

    public HttpChatEndpointTests()
    {
        Environment.SetEnvironmentVariable(Variable, Secret);
        _budget = new(new BudgetLimits(), onLost: _lost.Add);
    }

    public void Dispose() => Environment.SetEnvironmentVariable(Variable, null);

    private HttpChatEndpoint Endpoint(ScriptedServer server, Func<HttpChatOptions, HttpChatOptions>? change = null, TimeProvider? clock = null)
    {
        var options = new HttpChatOptions { Address = server.Address, Model = "m", Key = ApiKey.FromEnvironment(Variable) };
        return new(change?.Invoke(options) ?? options, _budget, clock ?? _clock, _retries.Add);
    }

    /// <summary>Asks a server that answers its first requests as listed and all later ones well.</summary>
    private async Task<(ChatReply? Reply, ChatException? Failure, int Requests)> AskAsync(Func<HttpChatOptions, HttpChatOptions>? change, params Func<Stream, CancellationToken, Task>[] script)
    {
        await using var server = new ScriptedServer(request => request.Number <= script.Length ? script[request.Number - 1] : ScriptedServer.Says("fine"));
        await using var endpoint = Endpoint(server, change);
        try
        {
            return (await endpoint.AskAsync(Hello), null, server.Seen.Count);
        }
        catch (ChatException e)
        {
            e.Message.ShouldNotContain(Secret);
            return (null, e, server.Seen.Count);
        }
    }

    [Fact]
    public async Task Request_HasTheKnownForm_AndTheAnswerIsRead()
    {
        await using var server = new ScriptedServer(_ => ScriptedServer.Says("hi", "length"));
        await using var endpoint = Endpoint(server);
        (await endpoint.AskAsync(Hello)).ShouldBe(new ChatReply("hi", ChatFinish.Length, new TokenUsage(100, 10)));
        var seen = server.Seen.Single();
        (seen.Path, seen.Headers["Authorization"], seen.Headers["Content-Type"]).ShouldBe(("/v1/chat/completions", $"Bearer {Secret}", "application/json"));
        JsonNode.DeepEquals(seen.Body, JsonNode.Parse("""
            {"model": "m", "messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hello"}], "max_tokens": 50, "temperature": 0, "seed": 7,
             "response_format": {"type": "json_schema", "json_schema": {"name": "thing", "strict": true, "schema": {"type": "object"}}}}
            """)).ShouldBeTrue(seen.Body.ToJsonString());
        _budget.Spent.ShouldBe(new TokenUsage(100, 10));
    }

    [Fact]
    public async Task RetryAfter_IsHeeded_InSecondsAndAsADate()
    {
        var date = Made.Noon.AddSeconds(7 + 11).ToString("R", CultureInfo.InvariantCulture);
        var (reply, _, requests) = await AskAsync(null,
            ScriptedServer.Body(429, """{"error": {"message": "slow down"}}""", "Retry-After: 7\r\n"),
            ScriptedServer.Body(503, "", $"Retry-After: {date}\r\n"));
        (reply!.Text, requests).ShouldBe(("fine", 3));
        _retries.Select(retry => retry.Delay.TotalSeconds).ShouldBe([7, 11]);
        _retries[0].Reason.ShouldContain("429 Whatever: slow down");
        _lost.ShouldBeEmpty();
    }

    [Fact]
    public async Task RetryAfter_BeyondTheTotalTimeout_IsNotWaitedFor()
    {
        var (_, failure, requests) = await AskAsync(null, ScriptedServer.Body(429, "", "Retry-After: 3600\r\n"));
        (failure!.Failure, requests).ShouldBe((ChatFailure.Busy, 1));
        failure.Message.ShouldContain("asks to wait 3600 seconds");
    }

    [Fact]
    public async Task Failures_OfTheServer_AreTriedAgain_LaterAndLater()
    {
        var (reply, _, requests) = await AskAsync(null, ScriptedServer.Body(500, "oops"), ScriptedServer.Body(502, ""), ScriptedServer.Body(500, "oops"));
        (reply!.Text, requests).ShouldBe(("fine", 4));
        _retries.Count.ShouldBe(3);
        _retries.ShouldAllBe(retry => retry.Delay > TimeSpan.Zero && retry.Delay <= TimeSpan.FromSeconds(60));
        _lost.ShouldBeEmpty(); // nobody charges for a 500
    }

    [Fact]
    public async Task ACutAnswer_IsTriedAgain_AndCountsAsPaid()
    {
        var (reply, _, requests) = await AskAsync(null,
            ScriptedServer.Raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"choices\": [{\"mess"),
            ScriptedServer.Raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n{\"choi"),
            ScriptedServer.Raw("HTTP/1.1 2"));
        (reply!.Text, requests).ShouldBe(("fine", 4));
        _lost.Count.ShouldBe(3);
        _lost.ShouldAllBe(lost => lost.Completion == 50 && lost.Prompt > 10);
        _budget.Spent.Completion.ShouldBe((3 * 50) + 10);
    }

    [Theory]
    [InlineData("""{"choices": """)]
    [InlineData("<html>")]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("""{"choices": []}""")]
    [InlineData("""{"choices": [{"finish_reason": "stop"}]}""")]
    [InlineData("""{"choices": [{"message": {"content": "\ud800"}}]}""")]
    public async Task Garbage_IsTriedOnceMore_NotForEver(string body)
    {
        var bad = ScriptedServer.Body(200, body);
        var (_, failure, requests) = await AskAsync(null, bad, bad, bad);
        (failure!.Failure, requests).ShouldBe((ChatFailure.Unreadable, 2));
        _lost.Count.ShouldBe(2);
        (await AskAsync(null, bad)).Reply!.Text.ShouldBe("fine");
    }

    [Fact]
    public async Task AnotherContentType_IsRefusedWithItsName()
    {
        var page = ScriptedServer.Body(200, ScriptedServer.Completion("hi"), type: "text/html");
        var (_, failure, _) = await AskAsync(null, page, page);
        failure!.Failure.ShouldBe(ChatFailure.Unreadable);
        failure.Message.ShouldContain("text/html, not JSON");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AHugeBody_IsNotRead(bool announced)
    {
        var written = 0L;
        Task Huge(Stream stream, CancellationToken cancellation) => Task.Run(async () =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{(announced ? "Content-Length: 99999999999\r\n" : "")}\r\n{{\"choices\": \""), cancellation);
            var block = new byte[64 << 10];
            Array.Fill(block, (byte)'x');
            while (true)
            {
                await stream.WriteAsync(block, cancellation);
                Interlocked.Add(ref written, block.Length);
            }
        }, cancellation);
        var (_, failure, _) = await AskAsync(options => options with { MaxResponseBytes = 100_000, Retries = 0 }, Huge);
        failure!.Failure.ShouldBe(ChatFailure.Unreadable);
        failure.Message.ShouldContain("more than 100000 bytes");
        Interlocked.Read(ref written).ShouldBeLessThan(32 << 20); // what fits between two sockets
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ASlowAnswer_RunsIntoTheTimeoutOfATry(bool drips)
    {
        async Task Slow(Stream stream, CancellationToken cancellation)
        {
            foreach (var c in drips ? "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" : "")
            {
                stream.WriteByte((byte)c);
            }

            while (true)
            {
                await Task.Delay(30, cancellation);
                if (drips)
                {
                    await stream.WriteAsync(new byte[] { (byte)' ' }, cancellation);
                }
            }
        }

        await using var server = new ScriptedServer(_ => Slow);
        await using var endpoint = Endpoint(server, options => options with { AttemptTimeout = TimeSpan.FromSeconds(0.2), Retries = 0 }, TimeProvider.System);
        var failure = await Should.ThrowAsync<ChatException>(() => endpoint.AskAsync(Hello));
        failure.Failure.ShouldBe(ChatFailure.Unavailable);
        failure.Message.ShouldContain("no whole answer within 0.2 seconds");
        _lost.Count.ShouldBe(1);
    }

    [Fact]
    public async Task TheTotalTimeout_EndsTheTries_AndSaysWhyTheLastFailed()
    {
        await using var server = new ScriptedServer(_ => ScriptedServer.Body(500, "oops"));
        await using var endpoint = Endpoint(server, options => options with { AttemptTimeout = TimeSpan.FromSeconds(1), TotalTimeout = TimeSpan.FromSeconds(1), Retries = 50 }, TimeProvider.System);
        var failure = await Should.ThrowAsync<ChatException>(() => endpoint.AskAsync(Hello));
        failure.Message.ShouldContain("no answer within 1 seconds and several tries; the last try:");
        failure.Message.ShouldContain("oops");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    public async Task Refusals_AreNotTriedAgain_AndTheKeyIsNotShown(int status)
    {
        var refusal = ScriptedServer.Body(status, $$$"""{"error": {"message": "bad key {{{Secret}}}\u001b[31m", "code": "invalid"}}""");
        var (_, failure, requests) = await AskAsync(options => options with { Schema = SchemaSupport.None }, refusal, refusal);
        (failure!.Failure, requests).ShouldBe((ChatFailure.Refused, 1));
        failure.Message.ShouldContain("bad key [key] [31m (invalid)");
        _lost.ShouldBeEmpty();
    }

    [Fact]
    public async Task Redirects_AreNotFollowed()
    {
        await using var elsewhere = new ScriptedServer(_ => ScriptedServer.Says("stolen"));
        foreach (var status in new[] { 301, 302, 307, 308 })
        {
            var (_, failure, requests) = await AskAsync(null, ScriptedServer.Body(status, "", $"Location: {elsewhere.Address}?q=1\r\n"));
            (failure!.Failure, requests).ShouldBe((ChatFailure.Refused, 1));
            failure.Message.ShouldContain($"redirects to {elsewhere.Address};");
        }

        elsewhere.Seen.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(400, """{"error": {"message": "This model's maximum context length is 4096 tokens", "code": "context_length_exceeded"}}""")]
    [InlineData(400, """{"error": {"type": "exceed_context_size_error", "message": "the request exceeds the available context size"}}""")]
    [InlineData(413, "")]
    public async Task ATooLongRequest_IsRejectedAlone(int status, string body)
    {
        var (_, failure, requests) = await AskAsync(null, ScriptedServer.Body(status, body));
        (failure!.Failure, requests).ShouldBe((ChatFailure.Rejected, 1));
    }

    [Fact]
    public async Task WhatAServerDoesNotKnow_IsLeftOutFromThenOn()
    {
        await using var server = new ScriptedServer(request =>
            request.Body["response_format"] is not null ? ScriptedServer.Body(400, """{"error": "unknown field"}""")
            : request.Body["seed"] is not null ? ScriptedServer.Body(422, """{"detail": "extra field: seed"}""")
            : request.Body["max_tokens"] is not null ? ScriptedServer.Body(400, """{"error": {"message": "use 'max_completion_tokens' instead"}}""")
            : ScriptedServer.Says("fine"));
        await using var endpoint = Endpoint(server);
        (await endpoint.AskAsync(Hello)).Text.ShouldBe("fine");
        (await endpoint.AskAsync(Hello)).Text.ShouldBe("fine");
        server.Seen.Count.ShouldBe(5);
        server.Seen.Last().Body["max_completion_tokens"]!.GetValue<int>().ShouldBe(50);
        endpoint.Dropped.ShouldBe(["response_format", "seed"]);

        await using var strict = Endpoint(server, options => options with { Schema = SchemaSupport.JsonSchema });
        (await Should.ThrowAsync<ChatException>(() => strict.AskAsync(Hello))).Failure.ShouldBe(ChatFailure.Refused);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{"prompt_tokens": -5, "completion_tokens": 1}""")]
    [InlineData("""{"prompt_tokens": 1e300, "completion_tokens": 1}""")]
    public async Task MissingOrAbsurdUsage_IsEstimated(string? usage)
    {
        var (reply, _, _) = await AskAsync(null, ScriptedServer.Says("123456789", usage: usage));
        // 8 and 5 bytes at 3 a token, rounded up, and 8 for each message; 9 bytes out.
        reply!.Usage.ShouldBe(new TokenUsage(3 + 2 + 16, 3, Estimated: true));
    }

    [Fact]
    public async Task AServerThatOnlyFails_IsLeftAloneForAWhile()
    {
        await using var server = new ScriptedServer(_ => ScriptedServer.Body(500, "oops"));
        var retries = new System.Collections.Concurrent.ConcurrentBag<ChatRetry>();
        await using var endpoint = new HttpChatEndpoint(new HttpChatOptions { Address = server.Address, Model = "m", Retries = 2, Connections = 20 }, _budget, _clock, retries.Add);
        var asked = Enumerable.Range(0, 20).Select(_ => endpoint.AskAsync(Hello)).ToList();
        foreach (var one in asked)
        {
            (await Should.ThrowAsync<ChatException>(() => one)).Failure.ShouldBe(ChatFailure.Unavailable);
        }

        server.Seen.Count.ShouldBeLessThan(20 * 3);
        retries.ShouldContain(retry => retry.Reason.Contains("left alone"));
    }

    [Fact]
    public async Task NobodyThere_CostsNothing()
    {
        var server = new ScriptedServer(_ => ScriptedServer.Says("hi"));
        await using var endpoint = Endpoint(server, options => options with { Retries = 1 });
        await server.DisposeAsync();
        (await Should.ThrowAsync<ChatException>(() => endpoint.AskAsync(Hello))).Failure.ShouldBe(ChatFailure.Unavailable);
        _retries.Count.ShouldBe(1);
        (_lost.Count, _budget.Spent).ShouldBe((0, TokenUsage.None));
    }

    [Fact]
    public void AKey_GoesNowhereElse()
    {
        var options = new HttpChatOptions { Address = new Uri("http://10.0.0.1/v1/chat/completions"), Model = "m", Key = ApiKey.FromEnvironment(Variable) };
        options.Problems().Single().ShouldContain("unencrypted to 10.0.0.1");
        options.ToString().ShouldNotContain(Secret);
        (options with { Address = new Uri("https://10.0.0.1/") }).Problems().ShouldBeEmpty();
        (options with { Key = null }).Problems().ShouldBeEmpty();
        (options with { Address = new Uri("http://localhost:1/") }).Problems().ShouldBeEmpty();
        Environment.SetEnvironmentVariable(Variable, "two words");
        Should.Throw<InvalidDataException>(() => ApiKey.FromEnvironment(Variable)).Message.ShouldNotContain("two words");
        Environment.SetEnvironmentVariable(Variable, " ");
        ApiKey.FromEnvironment(Variable).ShouldBeNull();
    }

    [Theory]
    [InlineData("http://localhost:8000", "http://localhost:8000/v1/chat/completions")]
    [InlineData("http://localhost:8000/v1/", "http://localhost:8000/v1/chat/completions")]
    [InlineData("https://h/openai/v1/chat/completions?api-version=1", "https://h/openai/v1/chat/completions?api-version=1")]
    [InlineData("localhost:8000", null)]
    [InlineData("ftp://h/v1", null)]
    [InlineData("https://me:secret@h/v1", null)]
    public void Address_IsCompleted(string text, string? expected)
    {
        ChatAddress.TryParse(text, out var address, out var problem).ShouldBe(expected is not null);
        (problem ?? address.ToString()).ShouldBe(expected ?? problem);
    }
}
