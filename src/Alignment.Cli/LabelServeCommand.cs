using System.CommandLine;
using System.Net;
using Alignment.Labeling.Server;
using Alignment.Labeling.Store;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;

namespace Alignment.Cli;

/// <summary><c>alignment label serve</c>: the page on which people vote.</summary>
internal static class LabelServeCommand
{
    private static readonly Option<string> Project = LabelOptions.Project();
    private static readonly Option<string> Address = new("--address") { Description = "where to listen; other addresses than this machine's own (127.0.0.1, [::1]) demand --tokens; port 0 takes a free one", DefaultValueFactory = _ => ListenAddress.Default.ToString(), HelpName = "HOST:PORT" };
    private static readonly Option<string?> Tokens = new("--tokens") { Description = "who may sign in with which token; 'alignment label token' makes such a file. Without it a name is enough, and the printed link makes an admin", HelpName = "FILE" };
    private static readonly Option<string[]> Origin = new("--origin") { Description = "how browsers reach the server where that is not its address, such as https://label.example.org of a proxy; may be repeated", HelpName = "URL" };
    private static readonly Option<string?> Certificate = new("--certificate") { Description = "serve HTTPS with this certificate, PEM", HelpName = "FILE" };
    private static readonly Option<string?> Key = new("--key") { Description = "the certificate's key, PEM", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new Command("serve", "Serves the labelling page, until Ctrl-C.") { Project, Address, Tokens, Origin, Certificate, Key };
        command.SetAction(parsed => LabelOptions.Run(() => RunAsync(parsed)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        using var signals = new StopSignals();
        if (!ListenAddress.TryParse(parsed.GetValue(Address), out var address))
        {
            throw LabelOptions.Wrong($"--address is '{parsed.GetValue(Address)}'; it must be like 127.0.0.1:8090, localhost:8090 or [::1]:8090");
        }

        var options = new LabelServerOptions
        {
            Address = address,
            Tokens = parsed.GetValue(Tokens) is { } file ? AnnotatorTokens.Read(file) : null,
            Origins = parsed.GetValue(Origin) ?? [],
            Certificate = parsed.GetValue(Certificate),
            Key = parsed.GetValue(Key),
            Errors = Console.Error,
        };
        LabelOptions.Check(options.Problems());
        await using var store = await LabelStores.OpenAsync(parsed.GetRequiredValue(Project), cancellation: signals.Token);
        await using var server = await StartAsync(options, store, signals.Token);
        await GreetAsync(store, server, options);
        await Task.Delay(Timeout.Infinite, signals.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        return ExitCodes.Done;
    }

    private static async Task<LabelServer> StartAsync(LabelServerOptions options, ILabelStore store, CancellationToken cancellation)
    {
        try
        {
            return await LabelServer.StartAsync(options, store, cancellation);
        }
        catch (Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw LabelOptions.Wrong($"--address is {options.Address}, where another program listens already; stop it, or take another port (0 takes a free one)");
        }
    }

    private static async Task GreetAsync(ILabelStore store, LabelServer server, LabelServerOptions options)
    {
        var progress = await store.ProgressAsync();
        Console.Out.WriteLine($"{store.Project.Name}: {progress.Tasks} tasks, {progress.Done} done, {progress.Votes} votes");
        var isEverywhere = options.Address.Host.Equals(IPAddress.Any) || options.Address.Host.Equals(IPAddress.IPv6Any);
        var address = options.Origins is [var origin, ..] ? new Uri(origin) : isEverywhere ? new UriBuilder(server.Address) { Host = Environment.MachineName.ToLowerInvariant() }.Uri : server.Address;
        Console.Out.WriteLine($"annotators: {address}");
        if (server.AdminToken is { } token)
        {
            Console.Out.WriteLine($"admin:      {address}#token={token}");
        }

        if (!options.Address.IsLoopback && options.Certificate is null && !options.Origins.Any(origin => origin.StartsWith("https:", StringComparison.Ordinal)))
        {
            Console.Error.WriteLine("warning: tokens and answers go over the network in the clear; use --certificate and --key, or a proxy with HTTPS (--origin)");
        }

        Console.Out.WriteLine("Ctrl-C stops; votes that were sent are saved first.");
    }
}
