// The front door: sets up, builds and runs Alignment. `dotnet run run.cs -- help` lists the tasks.
// A file-based app: it needs the .NET SDK and nothing else. run.ps1 passes on to it.
#:property PublishAot=false
#:property GenerateDocumentationFile=false
#:property EnforceCodeStyleInBuild=false

using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Xml.Linq;

try
{
    return FrontDoor.Run(args);
}
catch (SetupException e)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 3;
}

/// <summary>The tasks.</summary>
internal static class FrontDoor
{
    private const string Help = """
        Alignment: supervised fine-tuning, reward model, DPO and PPO on .NET.

        Usage: dotnet run run.cs -- TASK [arguments]        (or: ./run.ps1 TASK [arguments])

          quickstart             sets up, builds, and trains and compares small models through every stage
          run PIPELINE ...       the same for a pipeline file; see: run --help
          stage NAME ...         one stage alone: tokenizer, sft, reward, dpo, ppo, evaluate; see: stage dpo --help
          test [PROJECT ...]     sets up, builds, runs all tests (or those of some test projects)
          build                  sets up and builds everything in Release
          format [arguments]     formats the sources; with --verify-no-changes only checks them
          help                   this text

        Set-up finds a torch to stand on: LIBTORCH=/path or TorchProvider=package|libtorch if you set one of them, else an
        installed libtorch, else the TorchSharp packages if the package feed has them, else Debian's libtorch, which it
        installs. TorchDevice=cuda-linux or cuda-windows picks the packages for NVIDIA cards.
        Exit codes: 0 done, 1 unexpected, 2 bad options or data, 3 something is missing, 4 a stage failed, 130 cancelled.
        """;

    public static int Run(string[] args) => args switch
    {
        [] or ["help" or "--help" or "-h", ..] => Print(Help),
        ["quickstart", .. var rest] => Alignment(["run", "pipelines/quickstart.yaml", .. rest], Repository.Root),
        ["run", .. var rest] => Alignment(["run", .. rest], PipelineFolder(rest)),
        ["stage", .. var rest] => Alignment(rest, PipelineFolder(rest)),
        ["build"] => Build("Alignment.sln"),
        ["test", .. var rest] => Tests.Run(rest, Build),
        ["format", .. var rest] => Format(rest),
        _ => Unknown(args[0]),
    };

    private static int Print(string text)
    {
        Console.WriteLine(text);
        return 0;
    }

    private static int Unknown(string task)
    {
        Console.Error.WriteLine($"error: '{task}' is no task; tasks: quickstart, run, stage, test, build, format, help");
        return 2;
    }

    private static int Build(string what)
    {
        TorchSetup.Prepare();
        Console.WriteLine($"building {what} (Release)");
        return Shell.Run(Repository.Root, "dotnet", ["msbuild", what, "-restore", "-p:Configuration=Release", "-m", "-v:q", "-nologo", "-tl:off"]);
    }

    private static int Alignment(string[] args, string folder)
    {
        var code = Build("src/Alignment.Cli/Alignment.Cli.csproj");
        return code != 0 ? code : Shell.Run(folder, "dotnet", [Path.Combine(Repository.Root, "artifacts/bin/Alignment.Cli/release/alignment.dll"), .. args]);
    }

    private static int Format(string[] args)
    {
        TorchSetup.Prepare();
        return Shell.Run(Repository.Root, "dotnet", ["format", "Alignment.sln", .. args]);
    }

    // Paths in a pipeline are relative to the current folder. A pipeline of this repository runs from any folder.
    private static string PipelineFolder(string[] args)
    {
        var file = args.FirstOrDefault(a => a.EndsWith(".yaml", StringComparison.Ordinal) || a.EndsWith(".yml", StringComparison.Ordinal));
        return file is null || File.Exists(file) || !File.Exists(Path.Combine(Repository.Root, file)) ? Directory.GetCurrentDirectory() : Repository.Root;
    }
}

/// <summary>Where this file lies.</summary>
internal static class Repository
{
    public static string Root { get; } = AppContext.GetData("EntryPointFileDirectoryPath") as string ?? Path.GetDirectoryName(ThisFile())!;

    private static string ThisFile([CallerFilePath] string path = "") => path;
}

/// <summary>Chooses the torch that the build stands on, and installs what it needs.</summary>
internal static class TorchSetup
{
    private const string DebianHeader = "/usr/include/torch/csrc/api/include/torch/torch.h";

    private static bool _prepared;

    /// <summary>Settles the provider, says which, and hands it to every later build through the environment.</summary>
    public static void Prepare()
    {
        if (_prepared)
        {
            return;
        }

        _prepared = true;
        var (provider, why) = Choose();
        Console.WriteLine($"torch: {provider} ({why})");
        if (provider == "libtorch")
        {
            Install();
        }

        Environment.SetEnvironmentVariable("TorchProvider", provider);
    }

    private static (string Provider, string Why) Choose()
    {
        if (Environment.GetEnvironmentVariable("TorchProvider") is { Length: > 0 } given)
        {
            return given is "package" or "libtorch"
                ? (given, "the environment's TorchProvider")
                : throw new SetupException($"TorchProvider is '{given}'; it must be package or libtorch");
        }

        if (LibTorch is { } path)
        {
            return Directory.Exists(path) ? ("libtorch", $"LIBTORCH={path}") : throw new SetupException($"LIBTORCH is '{path}', which is no folder; correct or unset it");
        }

        if (File.Exists(DebianHeader))
        {
            return ("libtorch", "libtorch-dev is installed");
        }

        var answer = Path.Combine(Repository.Root, "artifacts", "torch-provider");
        if (File.Exists(answer) && File.ReadAllText(answer).Trim() == "package")
        {
            return ("package", $"found earlier; remove {answer} to look again");
        }

        Console.WriteLine("torch: looking for the TorchSharp packages on the package feed");
        if (!PackagesExist())
        {
            return ("libtorch", "the package feed has no TorchSharp 0.107.0 with Microsoft.ML.Tokenizers 2.0.0");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(answer)!);
        File.WriteAllText(answer, "package\n");
        return ("package", "the package feed has TorchSharp");
    }

    private static string? LibTorch => Environment.GetEnvironmentVariable("LIBTORCH") is { Length: > 0 } path ? path : null;

    // In a folder outside the repository, so that its props do not take part.
    private static bool PackagesExist()
    {
        var folder = Directory.CreateTempSubdirectory("alignment-probe-").FullName;
        try
        {
            foreach (var config in (string[])["nuget.config", "NuGet.Config", "NuGet.config"])
            {
                var source = Path.Combine(Repository.Root, config);
                if (File.Exists(source))
                {
                    File.Copy(source, Path.Combine(folder, config), overwrite: true);
                }
            }

            File.WriteAllText(Path.Combine(folder, "probe.csproj"), """
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="TorchSharp" Version="[0.107.0]" />
                    <PackageReference Include="Microsoft.ML.Tokenizers" Version="[2.0.0]" />
                  </ItemGroup>
                </Project>
                """);
            return Shell.Succeeds(folder, TimeSpan.FromSeconds(120), "dotnet", "restore", "-v", "q");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Install()
    {
        List<string> packages = [];
        Need(LibTorch is null && !File.Exists(DebianHeader), "libtorch-dev");
        Need(!OnPath("g++"), "g++");
        Need(!OnPath("cmake"), "cmake");
        Need(LibTorch is null && !HasOpenMpBlas(), "libopenblas0-openmp");
        if (packages.Count == 0)
        {
            return;
        }

        var missing = string.Join(' ', packages);
        if (!OperatingSystem.IsLinux() || !OnPath("apt-get"))
        {
            throw new SetupException($"{missing} (Debian's names) are missing and there is no apt-get here; install them, or set LIBTORCH to a libtorch folder and install g++ and cmake");
        }

        var command = $"apt-get update && apt-get install -y --no-install-recommends {missing}";
        var isRoot = Environment.IsPrivilegedProcess;
        if (!isRoot && !(OnPath("sudo") && Shell.Succeeds("/", TimeSpan.FromSeconds(10), "sudo", "-n", "true")))
        {
            throw new SetupException($"Debian packages are missing and this user cannot install them; type this once:\n  sudo sh -c '{command}'");
        }

        Console.WriteLine($"installing Debian packages: {missing}");
        var log = Path.Combine(Path.GetTempPath(), $"alignment-apt-{Environment.ProcessId}.log");
        var script = $"export DEBIAN_FRONTEND=noninteractive; ({command}) > '{log}' 2>&1";
        var code = isRoot ? Shell.Run("/", "sh", ["-c", script]) : Shell.Run("/", "sudo", ["-n", "sh", "-c", script]);
        if (code != 0)
        {
            var tail = File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(15)) : "";
            throw new SetupException($"installing Debian packages failed with code {code} (log: {log}):\n{tail}\nto do it by hand:\n  {(isRoot ? "" : "sudo ")}sh -c '{command}'");
        }

        File.Delete(log);

        void Need(bool isMissing, string package)
        {
            if (isMissing)
            {
                packages.Add(package);
            }
        }
    }

    private static bool HasOpenMpBlas() =>
        Directory.Exists("/usr/lib") && Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu*").Any(d => File.Exists(Path.Combine(d, "openblas-openmp", "libopenblas.so.0")));

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(d => d.Length > 0 && File.Exists(Path.Combine(d, program)));
}

/// <summary>Runs test projects one after the other (torch uses all cores) and counts.</summary>
internal static class Tests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    public static int Run(string[] chosen, Func<string, int> build)
    {
        var projects = Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*.csproj", SearchOption.AllDirectories)
            .Select(p => Path.GetFileNameWithoutExtension(p)!).Order(StringComparer.Ordinal).ToList();
        foreach (var name in chosen.Where(c => !projects.Contains(c)))
        {
            Console.Error.WriteLine($"error: there is no test project '{name}'; projects: {string.Join(", ", projects)}");
            return 2;
        }

        foreach (var what in chosen.Length > 0 ? chosen.Select(c => $"tests/{c}/{c}.csproj") : ["Alignment.sln"])
        {
            if (build(what) is var code and not 0)
            {
                return code;
            }
        }

        var wanted = chosen.Length > 0 ? [.. chosen] : projects;
        var skipped = Environment.GetEnvironmentVariable("TorchProvider") == "package" ? wanted.Where(IsOnlyForLibtorch).ToList() : [];
        foreach (var name in skipped)
        {
            Console.WriteLine($"{name}: left out; it tests src/Compat, whose place the packages take");
        }

        var results = Path.Combine(Repository.Root, "artifacts", "test-results");
        if (Directory.Exists(results))
        {
            Directory.Delete(results, recursive: true);
        }

        var sum = new Count(0, 0, 0);
        var isBroken = false;
        foreach (var project in wanted.Except(skipped))
        {
            var clock = Stopwatch.StartNew();
            var trx = Path.Combine(results, project + ".trx");
            var log = Path.Combine(results, project + ".log");
            Directory.CreateDirectory(results);
            var assembly = Path.Combine(Repository.Root, "artifacts", "bin", project, "release", project + ".dll");
            var ended = Shell.RunLogged(Repository.Root, log, Limit, "dotnet", ["test", assembly, "--nologo", "--logger", $"trx;LogFileName={project}.trx", "--results-directory", results]);
            var count = File.Exists(trx) ? Read(trx) : new Count(0, 0, 0);
            if (ended != 0 && count.Failed == 0 || count.Passed + count.Failed + count.Skipped == 0)
            {
                // The test process died, or found no tests: that is a failure that no test can report.
                isBroken = true;
                count = count with { Failed = count.Failed + 1 };
                Console.WriteLine($"FAILED {project}: ended with code {ended} without a full result; from its log ({log}):");
                foreach (var line in Telling(log))
                {
                    Console.WriteLine($"  {line}");
                }
            }

            Console.WriteLine($"{project}: {count} in {clock.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s");
            sum = new Count(sum.Passed + count.Passed, sum.Failed + count.Failed, sum.Skipped + count.Skipped);
        }

        Console.WriteLine(sum);
        return sum.Failed == 0 && !isBroken ? 0 : 1;
    }

    // See src/Compat/Skipped.targets.
    private static bool IsOnlyForLibtorch(string project) =>
        File.ReadAllText(Path.Combine(Repository.Root, "tests", project, project + ".csproj")).Contains("<OnlyForLibtorch>true<", StringComparison.Ordinal);

    // A crash is told first and followed by a long stack; anything else is told last.
    private static IEnumerable<string> Telling(string log)
    {
        var lines = File.ReadAllLines(log);
        var crash = Array.FindIndex(lines, l => l.Contains("crashed", StringComparison.OrdinalIgnoreCase));
        return crash >= 0 ? lines.Skip(crash).Take(15) : lines.TakeLast(25);
    }

    private static Count Read(string trx)
    {
        XNamespace ns = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";
        var count = new Count(0, 0, 0);
        foreach (var result in XDocument.Load(trx).Descendants(ns + "UnitTestResult"))
        {
            switch ((string?)result.Attribute("outcome"))
            {
                case "Passed":
                    count = count with { Passed = count.Passed + 1 };
                    break;
                case "NotExecuted":
                    count = count with { Skipped = count.Skipped + 1 };
                    break;
                default:
                    count = count with { Failed = count.Failed + 1 };
                    Console.WriteLine($"FAILED {(string?)result.Attribute("testName")}");
                    Indent(result.Descendants(ns + "Message").FirstOrDefault()?.Value, 30);
                    Indent(result.Descendants(ns + "StackTrace").FirstOrDefault()?.Value, 8);
                    break;
            }
        }

        return count;
    }

    private static void Indent(string? text, int lines)
    {
        foreach (var line in (text ?? "").Split('\n').Take(lines).Where(l => l.Trim().Length > 0))
        {
            Console.WriteLine($"    {line.TrimEnd()}");
        }
    }

    private sealed record Count(int Passed, int Failed, int Skipped)
    {
        public override string ToString() => $"{Passed} passed, {Failed} failed{(Skipped > 0 ? $", {Skipped} skipped" : "")}";
    }
}

/// <summary>Starts programs.</summary>
internal static class Shell
{
    private const int SigTerm = 15;

    /// <summary>Runs a program on this terminal; Ctrl-C and SIGTERM are its business, and its exit code is ours.</summary>
    public static int Run(string folder, string program, string[] arguments)
    {
        using var process = Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder });
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => c.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c =>
        {
            c.Cancel = true;
            _ = Kill(process.Id, SigTerm);
        });
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Runs a program with both its streams in a file, and ends it when it takes too long.</summary>
    public static int RunLogged(string folder, string log, TimeSpan limit, string program, string[] arguments)
    {
        using var writer = TextWriter.Synchronized(File.CreateText(log));
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        process.OutputDataReceived += (_, e) => writer.WriteLine(e.Data);
        process.ErrorDataReceived += (_, e) => writer.WriteLine(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            writer.WriteLine($"ended after {limit.TotalMinutes} minutes");
        }

        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Whether a program ends with code 0 in time; its output is dropped.</summary>
    public static bool Succeeds(string folder, TimeSpan limit, string program, params string[] arguments)
    {
        using var process = Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true });
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (process.WaitForExit(limit))
        {
            return process.ExitCode == 0;
        }

        process.Kill(entireProcessTree: true);
        return false;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new SetupException($"'{start.FileName}' cannot be started: {e.Message}");
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}

/// <summary>Something that the user has to mend first.</summary>
internal sealed class SetupException(string message) : Exception(message);
