using System.Globalization;
using Alignment.Training.Options;

namespace Alignment.Training.Pipelines;

/// <summary>A stage's command line.</summary>
internal sealed record StageArguments
{
    public string? Config { get; init; }

    public string? Stage { get; init; }

    public string? RunFolder { get; init; }

    public long? Seed { get; init; }

    public IReadOnlyList<string> Assignments { get; init; } = [];

    public bool Help { get; init; }

    public bool Verbose { get; init; }

    public bool Afresh { get; init; }

    public static StageArguments Parse(string kind, IReadOnlyList<string> args)
    {
        var parsed = new StageArguments();
        List<OptionsProblem> problems = [];
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var head, var tail] && head.StartsWith("--", StringComparison.Ordinal) ? (head, tail) : (args[i], null);
            switch (name)
            {
                case "--help" or "-h" or "-?":
                    parsed = parsed with { Help = true };
                    break;
                case "--verbose":
                    parsed = parsed with { Verbose = true };
                    break;
                case "--afresh":
                    parsed = parsed with { Afresh = true };
                    break;
                case "--config" when Take() is { } text:
                    parsed = parsed with { Config = text };
                    break;
                case "--stage" when Take() is { } text:
                    parsed = parsed with { Stage = text };
                    break;
                case "--run-dir" when Take() is { } text:
                    parsed = parsed with { RunFolder = text };
                    break;
                case "--set" when Take() is { } text:
                    parsed = parsed with { Assignments = [.. parsed.Assignments, text] };
                    break;
                case "--seed" when Take() is { } text:
                    if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seed))
                    {
                        parsed = parsed with { Seed = seed };
                    }
                    else
                    {
                        problems.Add(new OptionsProblem("--seed", 0, $"is '{text}'; it must be a whole number"));
                    }

                    break;
                case "--config" or "--stage" or "--run-dir" or "--set" or "--seed":
                    problems.Add(new OptionsProblem(name, 0, "has no value; give one after it"));
                    break;
                default:
                    var near = OptionNames.Nearest(name, ["--config", "--stage", "--run-dir", "--seed", "--set", "--help", "--verbose", "--afresh"]) is { } known ? $"did you mean '{known}'? " : "";
                    problems.Add(new OptionsProblem(name, 0, $"unknown argument; {near}See: alignment {kind} --help"));
                    break;
            }

            string? Take() => value ?? (i + 1 < args.Count ? args[++i] : null);
        }

        if (parsed.Config is null && !parsed.Help)
        {
            problems.Add(new OptionsProblem("--config", 0, $"is missing; give the pipeline file, for instance: alignment {kind} --config pipelines/quickstart.yaml"));
        }

        return problems.Count == 0 || parsed.Help ? parsed : throw new OptionsException(problems);
    }
}
