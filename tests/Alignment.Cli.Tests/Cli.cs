using System.Diagnostics;

namespace Alignment.Cli.Tests;

/// <summary>The program in a process of its own, as users start it.</summary>
internal static class Cli
{
    private static readonly string Assembly = typeof(Program).Assembly.Location;

    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    public static (int Code, string Output, string Error) Run(params string[] arguments) => RunIn(Root, arguments);

    public static (int Code, string Output, string Error) RunIn(string folder, params string[] arguments) => RunWith(null, folder, arguments);

    /// <summary>Runs with a variable of the environment set.</summary>
    public static (int Code, string Output, string Error) RunUnder(string variable, string value, params string[] arguments) => RunWith(null, Root, arguments, (variable, value));

    /// <summary>Runs with a text as the standard input; without one it is the test's own.</summary>
    public static (int Code, string Output, string Error) RunWith(string? input, string folder, params string[] arguments) => RunWith(input, folder, arguments, null);

    private static (int Code, string Output, string Error) RunWith(string? input, string folder, string[] arguments, (string Name, string Value)? variable)
    {
        var start = new ProcessStartInfo("dotnet", [Assembly, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = input is not null,
        };
        if (variable is { } set)
        {
            start.Environment[set.Name] = set.Value;
        }

        using var process = Process.Start(start)!;
        if (input is not null)
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }

        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Alignment.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException($"no Alignment.sln above {AppContext.BaseDirectory}");
        }

        return folder;
    }
}
