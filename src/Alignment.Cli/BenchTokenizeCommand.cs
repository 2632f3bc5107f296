using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Alignment.Data.Tokenization;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary><c>alignment bench tokenize</c>: how fast a tokenizer encodes a text, on one thread and on all.</summary>
internal static class BenchTokenizeCommand
{
    private static readonly Option<string> Tokenizer = new("--tokenizer") { Description = "the folder of a tokenizer or model", Required = true, HelpName = "DIR" };
    private static readonly Option<string> Text = new("--in") { Description = "a file of UTF-8 text", Required = true, HelpName = "FILE" };
    private static readonly Option<bool> Json = new("--json") { Description = "print one JSON object" };

    public static Command Create()
    {
        var command = new Command("tokenize", "Measures the encoding speed of a tokenizer in MB of UTF-8 text a second.") { Tokenizer, Text, Json };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(Text);
            var text = File.Exists(path) ? File.ReadAllText(path) : throw new FileNotFoundException($"There is no file '{path}'; --in wants a file of UTF-8 text.", path);
            var folder = parsed.GetRequiredValue(Tokenizer);
            var speeds = EncodingSpeed.Measure(() => TextTokenizer.Load(folder), text, [1, Environment.ProcessorCount]);
            if (parsed.GetValue(Json))
            {
                Console.Out.WriteLine(new JsonObject
                {
                    ["bytes"] = speeds[0].Bytes,
                    ["tokens"] = speeds[0].Tokens,
                    ["runs"] = new JsonArray([.. speeds.Select(s => new JsonObject { ["threads"] = s.Threads, ["mb_per_second"] = Math.Round(s.MegabytesPerSecond, 2) })]),
                }.ToJsonString());
            }
            else
            {
                foreach (var speed in speeds)
                {
                    Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{speed.Threads,3} {(speed.Threads == 1 ? "thread " : "threads")} {speed.MegabytesPerSecond,8:0.0} MB/s  ({speed.Tokens} tokens of {speed.Bytes} bytes)"));
                }
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
