using System.CommandLine;
using Alignment.Core.Checkpoints;
using Alignment.Core.Numerics;
using Alignment.Evaluation.Scoring;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using static TorchSharp.torch;

namespace Alignment.Cli;

/// <summary><c>alignment score</c>: what a model thinks of given text.</summary>
internal static class ScoreCommand
{
    private static readonly Option<string> Model = new("--model") { Description = "the model folder", Required = true, HelpName = "DIR" };
    private static readonly Option<string> Input = new("--in") { Description = "rows with text, prompt and completion, messages, or input_ids, or of a format that makes these (docs/formats.md): a path, a pattern or a folder", Required = true, HelpName = "FILE" };
    private static readonly Option<string?> Output = new("--out") { Description = "one JSON object a row; default: print", HelpName = "FILE" };
    private static readonly Option<bool> Logits = new("--logits") { Description = "write the logits" };
    private static readonly Option<bool> Loss = new("--loss") { Description = "write the mean loss over the labels; without labels over every next token" };
    private static readonly Option<bool> GradNorms = new("--grad-norms") { Description = "write the L2 norm of the loss's gradient for every parameter" };
    private static readonly Option<int> Greedy = new("--greedy") { Description = "write the N most likely tokens that follow; stop tokens do not stop it", HelpName = "N" };
    private static readonly Option<string> Dtype = CreateDtype();
    private static readonly Option<string> Template = TemplateOption.Create();
    private static readonly Option<bool> Bos = new("--bos") { Description = "begin prompts and conversations with the tokenizer's BOS" };
    private static readonly Option<string> Device = new("--device") { Description = "cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };

    public static Command Create()
    {
        var command = new Command("score", "Scores given text: log-probabilities of every token, logits, loss, sizes of gradients.")
        {
            Model, Input, Output, Logits, Loss, GradNorms, Greedy, Dtype, Template, Bos, Device,
        };
        command.SetAction(Run);
        return command;
    }

    private static Option<string> CreateDtype()
    {
        var option = new Option<string>("--dtype") { Description = "number type of matrix products: float32 or bfloat16", DefaultValueFactory = _ => "float32" };
        option.AcceptOnlyFromAmong("float32", "bfloat16");
        return option;
    }

    private static int Run(ParseResult parsed)
    {
        using var signals = new StopSignals();
        var greedy = parsed.GetValue(Greedy);
        if (greedy < 0)
        {
            throw new OptionsException([new OptionsProblem("command line", 0, $"--greedy is {greedy}; it must be at least 0")]);
        }

        TorchRuntime.Initialize();
        var settings = new ScoreSettings
        {
            Model = parsed.GetRequiredValue(Model),
            Input = parsed.GetRequiredValue(Input),
            Logits = parsed.GetValue(Logits),
            Loss = parsed.GetValue(Loss),
            GradNorms = parsed.GetValue(GradNorms),
            Greedy = greedy,
            Template = TemplateOption.Find(parsed.GetRequiredValue(Template), parsed.GetRequiredValue(Model)),
            AddBos = parsed.GetValue(Bos),
            Device = Devices.Parse(parsed.GetRequiredValue(Device)),
            ComputeType = parsed.GetRequiredValue(Dtype) == "bfloat16" ? ScalarType.BFloat16 : ScalarType.Float32,
        };
        if (parsed.GetValue(Output) is { } path)
        {
            AtomicFile.Write(path, stream => ModelScoring.Run(settings, stream, signals.Token));
        }
        else
        {
            using var output = Console.OpenStandardOutput();
            ModelScoring.Run(settings, output, signals.Token);
        }

        return ExitCodes.Done;
    }
}
