using System.Security.Cryptography.X509Certificates;
using Alignment.Labeling.Server.Api;
using Alignment.Labeling.Server.Security;
using Alignment.Labeling.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Alignment.Labeling.Server;

/// <summary>The labelling page and its HTTP API over one store. See docs/labelling.md, "The page".</summary>
public sealed class LabelServer : IAsyncDisposable
{
    private static readonly TimeSpan LastRequests = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;
    private readonly RequestRates _rates;

    private LabelServer(WebApplication app, RequestRates rates, Uri address, string? adminToken) => (_app, _rates, Address, AdminToken) = (app, rates, address, adminToken);

    /// <summary>Where it can be reached.</summary>
    public Uri Address { get; }

    /// <summary>What makes an admin; null where a file of tokens says who is one.</summary>
    public string? AdminToken { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="options">How.</param>
    /// <param name="store">Tasks and votes; it stays its owner's and must outlive the server.</param>
    /// <param name="cancellation">Stops the starting.</param>
    /// <exception cref="InvalidDataException">The options break a rule.</exception>
    /// <exception cref="AddressInUseException">Another program listens there.</exception>
    /// <exception cref="IOException">The address is none of this machine's, or the certificate cannot be read.</exception>
    public static async Task<LabelServer> StartAsync(LabelServerOptions options, ILabelStore store, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(store);
        if (options.Problems().FirstOrDefault() is { } problem)
        {
            throw new InvalidDataException(problem);
        }

        var adminToken = options.AdminToken ?? AnnotatorTokens.NewToken();
        var guard = new RequestGuard(options);
        var access = new Access(options, adminToken, guard);
        var rates = new RequestRates(options.RequestsPerSecond);
        var app = Build(options);
        try
        {
            var pipeline = new RequestPipeline(options, guard, access, rates);
            app.Use(pipeline.InvokeAsync);
            app.UseRouting(); // behind the pipeline: nothing is looked up for a request that is refused
            Map(app, store, access, options.Clock);
            await app.StartAsync(cancellation).ConfigureAwait(false);
            var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            return new(app, rates, address, options.Tokens is null ? adminToken : null);
        }
        catch (Exception e)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            await rates.DisposeAsync().ConfigureAwait(false);
            if (e is IOException { InnerException: AddressInUseException inUse })
            {
                throw inUse;
            }

            if (e is System.Net.Sockets.SocketException socket)
            {
                throw new IOException($"cannot listen on {options.Address}: {socket.Message}", socket);
            }

            throw;
        }
    }

    /// <summary>Takes no more requests, lets those that are under way end, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        await _rates.DisposeAsync().ConfigureAwait(false);
    }

    // The empty builder reads no settings files and no environment: a project's folder cannot reconfigure the server.
    private static WebApplication Build(LabelServerOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LastRequests);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBody;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
            kestrel.Listen(options.Address.Host, options.Address.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (options.Certificate is { } certificate)
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    listen.UseHttps(Read(certificate, options.Key!));
                }
            });
        });
        return builder.Build();
    }

    private static X509Certificate2 Read(string certificate, string key)
    {
        try
        {
            // Kestrel on Windows cannot use a key that is only in memory.
            using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        }
        catch (System.Security.Cryptography.CryptographicException e)
        {
            throw new InvalidDataException($"certificate: '{certificate}' and '{key}' are no certificate and key in PEM: {e.Message}", e);
        }
    }

    private static void Map(WebApplication app, ILabelStore store, Access access, TimeProvider clock)
    {
        PageFiles.Map(app);
        new SessionEndpoints(store, access).Map(app);
        var labels = new LabelEndpoints(store, new VoteIntake(store, clock), access, clock);
        labels.Map(app);
        new AdminEndpoints(store, labels, access, clock).Map(app);
    }
}
