using System.CommandLine;
using Alignment.Core.Checkpoints;
using Alignment.Core.Generation;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;
using Alignment.Training.Loops;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary><c>alignment chat</c>: a conversation with a model.</summary>
internal static class ChatCommand
{
    private static readonly Option<string> Model = new("--model") { Description = "the model folder, or that of an adapter", Required = true, HelpName = "DIR" };
    private static readonly Option<string?> Template = TemplateOption.ForPrompts();
    private static readonly Option<bool> Bos = new("--bos") { Description = "begin with the tokenizer's BOS where the template does not write it" };
    private static readonly Option<string> System = new("--system") { Description = "instructions that come before the conversation", HelpName = "TEXT" };
    private static readonly SamplingArguments Sampling = new(maxNewTokens: 1024);
    private static readonly Option<int> Context = new("--context") { Description = "most tokens of the conversation, at most the model's own context; memory is set aside for them", DefaultValueFactory = _ => 4096, HelpName = "N" };
    private static readonly Option<long> Seed = new("--seed") { Description = "the same seed and the same words give the same answers", DefaultValueFactory = _ => 1, HelpName = "N" };
    private static readonly Option<string> Device = new("--device") { Description = "cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };
    private static readonly Option<ComputePrecision> Dtype = new("--dtype") { Description = "number type of matrix products", DefaultValueFactory = _ => ComputePrecision.Fp32 };

    public static Command Create()
    {
        var command = new Command("chat", "Talks with a model; /help lists what else can be typed. Sampling options that are left out are as the model's generation_config.json says.") { Model, Template, Bos, System };
        Sampling.AddTo(command);
        foreach (var option in new Option[] { Context, Seed, Device, Dtype })
        {
            command.Add(option);
        }

        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        if (parsed.GetValue(Context) < 2)
        {
            throw new OptionsException([new OptionsProblem("command line", 0, $"--context is {parsed.GetValue(Context)}; it must be at least 2")]);
        }

        var folder = parsed.GetRequiredValue(Model);
        var config = ModelConfig.Load(folder);
        var (tokenizer, _) = ModelTokenizer.Load(folder, config);
        var template = FindTemplate(parsed, tokenizer);
        var sampling = Sampling.Read(parsed, folder, [.. ModelFolder.StopIds(folder).Concat(template.StopIds(tokenizer)).Distinct()]);

        TorchRuntime.Initialize();
        using var model = ModelFolder.LoadForSampling(folder, Devices.Parse(parsed.GetRequiredValue(Device)), parsed.GetValue(Dtype).ToScalarType());
        using var generator = new ConversationGenerator(model, sampling, Math.Min(parsed.GetValue(Context), config.ContextLength), ids => tokenizer.Decode(ids));
        using var interrupts = new AnswerInterrupts();
        var conversation = new Conversation(tokenizer, template, parsed.GetValue(Bos), generator, parsed.GetValue(Seed)) { System = parsed.GetValue(System) };
        var screen = new ChatScreen(Console.In, Console.Out, Console.Error, isTerminal: !Console.IsInputRedirected && !Console.IsOutputRedirected);
        new ChatLoop(conversation, screen, interrupts).Run();
        return ExitCodes.Done;
    }

    private static ChatTemplate FindTemplate(ParseResult parsed, TextTokenizer tokenizer)
    {
        var template = TemplateOption.Find(parsed.GetValue(Template), tokenizer);
        return template.RendersMessages
            ? template
            : throw new OptionsException([new OptionsProblem("command line", 0, "the model folder ships no chat template: name the one that the model was trained with, as --template chatml")]);
    }
}
