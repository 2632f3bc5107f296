using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Alignment.Labeling.Tests.Chat;

/// <summary>An HTTP server on this machine that writes whatever a script says, byte by byte where need be.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Func<SeenRequest, Func<Stream, CancellationToken, Task>> _script;
    private readonly Task _accepting;
    private int _count;

    public ScriptedServer(Func<SeenRequest, Func<Stream, CancellationToken, Task>> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1/chat/completions");

    public ConcurrentQueue<SeenRequest> Seen { get; } = [];

    public static Func<Stream, CancellationToken, Task> Raw(string text) => (stream, cancellation) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation).AsTask();

    public static Func<Stream, CancellationToken, Task> Body(int status, string body, string headers = "", string type = "application/json") =>
        Raw($"HTTP/1.1 {status} Whatever\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{headers}\r\n{body}");

    public static Func<Stream, CancellationToken, Task> Says(string text, string finish = "stop", string? usage = """{"prompt_tokens": 100, "completion_tokens": 10}""") => Body(200, Completion(text, finish, usage));

    public static string Completion(string text, string finish = "stop", string? usage = """{"prompt_tokens": 100, "completion_tokens": 10}""") => new JsonObject
    {
        ["id"] = "x",
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["finish_reason"] = finish, ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text } }),
        ["usage"] = usage is null ? null : JsonNode.Parse(usage),
    }.ToJsonString();

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_closing.Token)));
            }
        }
        catch (Exception e) when (_closing.IsCancellationRequested && e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            if (await ReadAsync(stream) is { } request)
            {
                Seen.Enqueue(request);
                await _script(request)(stream, _closing.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The client hung up, or the test is over.
        }
    }

    private async Task<SeenRequest?> ReadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _closing.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines[1..].Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _closing.Token);
        return new SeenRequest(Interlocked.Increment(ref _count), lines[0].Split(' ')[1], headers, JsonNode.Parse(body)!);
    }
}
