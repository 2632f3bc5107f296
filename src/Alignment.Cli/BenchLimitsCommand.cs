using System.CommandLine;
using System.Globalization;
using Alignment.Core.Numerics;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary><c>alignment bench limits</c>: what this process gets out of the machine.</summary>
internal static class BenchLimitsCommand
{
    private static readonly Option<double> Seconds = new("--seconds")
    {
        Description = "how long each rate is repeated",
        DefaultValueFactory = _ => 0.3,
        HelpName = "S",
        Validators =
        {
            result =>
            {
                if (result.GetValueOrDefault<double>() <= 0)
                {
                    result.AddError("--seconds must be above 0.");
                }
            },
        },
    };

    public static Command Create()
    {
        var command = new Command("limits", "Measures matrix products and write rates: pairs of lines that differ much tell that the tuning did not take.") { Seconds };
        command.SetAction(parsed =>
        {
            foreach (var setting in TorchRuntime.Initialize().Where(s => s.IsOverride))
            {
                Console.Out.WriteLine($"{setting.Name} is {setting.Value ?? "unset"} (was {setting.Found}): {setting.Why}");
            }

            foreach (var limit in MachineLimits.Measure(parsed.GetValue(Seconds)))
            {
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{limit.Name,-58} {limit.Value,10:0.0} {limit.Unit}"));
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
