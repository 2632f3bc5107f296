using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Alignment.Core.Numerics;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary><c>alignment bench limits</c>: what this process gets out of the machine.</summary>
internal static class BenchLimitsCommand
{
    private static readonly Option<double> Seconds = new Option<double>("--seconds") { Description = "how long each rate is repeated", DefaultValueFactory = _ => 0.3, HelpName = "S" }
        .Require(seconds => seconds > 0, "must be above 0");

    private static readonly Option<bool> Json = new("--json") { Description = "print one JSON object" };

    public static Command Create()
    {
        var command = new Command("limits", "Measures matrix products and write rates: pairs of lines that differ much tell that the tuning did not take.") { Seconds, Json };
        command.SetAction(parsed =>
        {
            var overrides = TorchRuntime.Initialize().Where(s => s.IsOverride).ToList();
            var limits = MachineLimits.Measure(parsed.GetValue(Seconds));
            if (parsed.GetValue(Json))
            {
                Console.Out.WriteLine(new JsonObject
                {
                    ["settings"] = new JsonArray([.. overrides.Select(s => new JsonObject { ["name"] = s.Name, ["value"] = s.Value, ["found"] = s.Found, ["why"] = s.Why })]),
                    ["limits"] = new JsonArray([.. limits.Select(l => new JsonObject { ["name"] = l.Name, ["value"] = Math.Round(l.Value, 1), ["unit"] = l.Unit })]),
                }.ToJsonString());
                return ExitCodes.Done;
            }

            foreach (var setting in overrides)
            {
                Console.Out.WriteLine($"{setting.Name} is {setting.Value ?? "unset"} (was {setting.Found}): {setting.Why}");
            }

            foreach (var limit in limits)
            {
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{limit.Name,-58} {limit.Value,10:0.0} {limit.Unit}"));
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
