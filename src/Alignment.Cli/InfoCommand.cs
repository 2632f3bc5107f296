using System.CommandLine;
using System.Runtime.InteropServices;
using Alignment.Core.Numerics;
using Alignment.Training.Options;
using TorchSharp;

namespace Alignment.Cli;

/// <summary><c>alignment info</c>: the machine, torch, and what was tuned before torch loaded.</summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        var command = new Command("info", "Shows the machine, torch, and the settings that were tuned before torch loaded.");
        command.SetAction(_ => Run());
        return command;
    }

    private static int Run()
    {
        var report = TorchRuntime.Initialize();
        var torchAssembly = typeof(torch).Assembly.GetName();
        List<(string Name, string Value)> lines =
        [
            ("dotnet", $"{Environment.Version} on {RuntimeInformation.OSDescription} ({RuntimeInformation.ProcessArchitecture})"),
            ("processors", $"{Environment.ProcessorCount}"),
            ("torch", $"{torch.__version__} ({torchAssembly.Name} {torchAssembly.Version})"),
            ("cuda", torch.cuda.is_available() ? $"{torch.cuda.device_count()} device(s)" : "none"),
        ];
        foreach (var (name, value) in lines)
        {
            Console.Out.WriteLine($"{name,-24} {value}");
        }

        Console.Out.WriteLine();
        foreach (var setting in report)
        {
            var was = setting.IsOverride ? $" (was {setting.Found})" : "";
            Console.Out.WriteLine($"{setting.Name,-24} {(setting.Value ?? "unset") + was,-36} {setting.Why}");
        }

        return ExitCodes.Done;
    }
}
