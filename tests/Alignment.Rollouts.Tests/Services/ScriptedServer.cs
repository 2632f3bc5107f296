using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Alignment.Rollouts.Tests.Services;

/// <summary>A local HTTP server that answers by a script, and then each response by its length.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<Func<HttpListenerContext, Task>> _script;
    private int _active;

    public ScriptedServer(params Func<HttpListenerContext, Task>[] script)
    {
        _script = new(script);
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/score");
        }

        _listener.Prefixes.Add(Address.GetLeftPart(UriPartial.Authority) + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>The requests so far.</summary>
    public ConcurrentQueue<JsonObject> Requests { get; } = new();

    /// <summary>The headers Authorization so far.</summary>
    public ConcurrentQueue<string?> Keys { get; } = new();

    /// <summary>Most requests that were open at once.</summary>
    public int MostActive { get; private set; }

    /// <summary>How long an answer outside the script takes.</summary>
    public TimeSpan Delay { get; init; }

    public static Func<HttpListenerContext, Task> Status(int code, string? retryAfter = null) => async context =>
    {
        context.Response.StatusCode = code;
        if (retryAfter is not null)
        {
            context.Response.Headers["Retry-After"] = retryAfter;
        }

        await Say(context, "no");
    };

    public static Func<HttpListenerContext, Task> Answer(string body) => context => Say(context, body);

    public static Func<HttpListenerContext, Task> Slow(TimeSpan wait) => async context =>
    {
        await Task.Delay(wait);
        await Say(context, "{\"scores\": [0]}");
    };

    public static Func<HttpListenerContext, Task> Cut => async context =>
    {
        context.Response.ContentLength64 = 1000;
        await context.Response.OutputStream.WriteAsync("{\"sco"u8.ToArray());
        await context.Response.OutputStream.FlushAsync();
        context.Response.Abort();
    };

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = HandleAsync(context);
        }
    }

    private async Task HandleAsync(HttpListenerContext context)
    {
        MostActive = Math.Max(MostActive, Interlocked.Increment(ref _active));
        try
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var request = JsonNode.Parse(await reader.ReadToEndAsync())!.AsObject();
            Requests.Enqueue(request);
            Keys.Enqueue(context.Request.Headers["Authorization"]);
            if (_script.TryDequeue(out var scripted))
            {
                await scripted(context);
                return;
            }

            await Task.Delay(Delay);
            await Say(context, new JsonObject { ["scores"] = new JsonArray([.. request["responses"]!.AsArray().Select(text => (JsonNode)text!.GetValue<string>().Length)]) }.ToJsonString());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // The client went away.
        }
        finally
        {
            Interlocked.Decrement(ref _active);
        }
    }

    private static async Task Say(HttpListenerContext context, string body)
    {
        context.Response.ContentType = "application/json";
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
    }
}
