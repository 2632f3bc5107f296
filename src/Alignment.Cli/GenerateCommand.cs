using System.CommandLine;
using System.Text;
using Alignment.Core.Checkpoints;
using Alignment.Core.Generation;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Training.Loops;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;

namespace Alignment.Cli;

/// <summary><c>alignment generate</c>: responses of a model to prompts.</summary>
internal static class GenerateCommand
{
    /// <summary>Batches that are sampled before their responses are written.</summary>
    private const int BatchesAtOnce = 4;

    private static readonly Argument<string[]> Prompts = new Argument<string[]>("PROMPT") { Description = "prompts; none here and no --prompts: the standard input, one a line", Arity = ArgumentArity.ZeroOrMore }.RefuseOptions();
    private static readonly Option<string> Model = new("--model") { Description = "the model folder, or that of an adapter", Required = true, HelpName = "DIR" };
    private static readonly Option<string[]> Files = new("--prompts") { Description = "rows with a prompt (.jsonl, .json, .gz of both), or text with one prompt a line; - is the standard input; may be repeated", HelpName = "FILE" };
    private static readonly Option<string?> Template = TemplateOption.ForPrompts();
    private static readonly Option<bool> Bos = new("--bos") { Description = "begin prompts with the tokenizer's BOS" };
    private static readonly SamplingArguments Sampling = new(maxNewTokens: 128);
    private static readonly Option<int> Samples = new("--samples") { Description = "responses to each prompt", DefaultValueFactory = _ => 1, HelpName = "N" };
    private static readonly RewardArguments Rewards = new("the folder of a reward model: of the samples only the one that it finds best is written, with the rewards of all");
    private static readonly Option<long> Seed = new("--seed") { Description = "the same seed gives the same responses", DefaultValueFactory = _ => 1, HelpName = "N" };
    private static readonly Option<int> BatchSize = new("--batch-size") { Description = "responses sampled side by side; changes nothing but time and memory", DefaultValueFactory = _ => 32, HelpName = "N" };
    private static readonly Option<string> Device = new("--device") { Description = "cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };
    private static readonly Option<ComputePrecision> Dtype = new("--dtype") { Description = "number type of matrix products", DefaultValueFactory = _ => ComputePrecision.Fp32 };
    private static readonly Option<bool> Jsonl = new("--jsonl") { Description = "write one JSON object a response: id, prompt, sample, response, finish, tokens, logprobs, logprob" };
    private static readonly Option<string> Output = new("--output") { Description = "the file to write in place of the standard output; it appears when all is done; .jsonl means --jsonl", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new Command("generate", "Samples responses of a model to prompts. Sampling options that are left out are as the model's generation_config.json says.")
        {
            Prompts, Model, Files, Template, Bos,
        };
        Sampling.AddTo(command);
        foreach (var option in (Option[])[Samples, .. Rewards.All, Seed, BatchSize, Device, Dtype, Jsonl, Output])
        {
            command.Add(option);
        }

        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        using var signals = new StopSignals();
        CheckCounts(parsed);
        var rewards = Rewards.Read(parsed);
        var folder = parsed.GetRequiredValue(Model);
        var config = ModelConfig.Load(folder);
        var (tokenizer, _) = ModelTokenizer.Load(folder, config);
        var sampling = Sampling.Read(parsed, folder, ModelFolder.StopIds(folder));
        var prompts = ReadPrompts(parsed, tokenizer, config.ContextLength);

        TorchRuntime.Initialize();
        var (device, precision, batchSize) = (Devices.Parse(parsed.GetRequiredValue(Device)), parsed.GetValue(Dtype).ToScalarType(), parsed.GetValue(BatchSize));
        using var ranking = rewards.Folders.Count > 0 ? ResponseRanking.Load(rewards, tokenizer, device, precision, batchSize) : null;
        using var model = ModelFolder.LoadForSampling(folder, device, precision);
        var generator = new TextGenerator(model, sampling, batchSize, ids => tokenizer.Decode(ids));
        var path = parsed.GetValue(Output);
        var isJsonl = parsed.GetValue(Jsonl) || path?.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) == true;
        var output = new GenerationOutput(tokenizer, isJsonl, prompts.Count * (ranking is null ? parsed.GetValue(Samples) : 1) > 1);
        if (path is null)
        {
            Generate(parsed, prompts, generator, ranking, output, Console.Out, signals.Token);
        }
        else
        {
            AtomicFile.Write(path, stream =>
            {
                using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
                Generate(parsed, prompts, generator, ranking, output, writer, signals.Token);
            });
        }

        return ExitCodes.Done;
    }

    /// <summary>Samples a few batches, writes them in the order of the prompts, and goes on.</summary>
    private static void Generate(
        ParseResult parsed, IReadOnlyList<PromptExample> prompts, TextGenerator generator, ResponseRanking? ranking, GenerationOutput output, TextWriter writer, CancellationToken cancel)
    {
        var samples = parsed.GetValue(Samples);
        var seed = parsed.GetValue(Seed);
        foreach (var chunk in prompts.Index().Chunk(Math.Max(1, parsed.GetValue(BatchSize) * BatchesAtOnce / samples)))
        {
            var wanted = chunk.SelectMany(item => Enumerable.Range(0, samples).Select(sample => (item.Index, item.Item, Sample: sample))).ToList();
            var responses = generator.Generate(
                [.. wanted.Select(one => one.Item.Prompt)],
                [.. wanted.Select(one => Seeds.Derive(seed, FormattableString.Invariant($"sampling/{one.Index}/{one.Sample}")))],
                cancel);
            foreach (var (place, (_, prompt)) in chunk.Index())
            {
                var own = new ArraySegment<GeneratedSequence>(responses, place * samples, samples);
                output.Write(writer, prompt, own, ranking?.Score(prompt, own, cancel));
            }

            writer.Flush();
        }
    }

    private static void CheckCounts(ParseResult parsed)
    {
        (Option<int> Option, int Value)[] counts = [(Samples, parsed.GetValue(Samples)), (BatchSize, parsed.GetValue(BatchSize))];
        var problems = counts.Where(count => count.Value < 1)
            .Select(count => new OptionsProblem("command line", 0, $"{count.Option.Name} is {count.Value}; it must be at least 1")).ToList();
        if (problems.Count > 0)
        {
            throw new OptionsException(problems);
        }
    }

    private static IReadOnlyList<PromptExample> ReadPrompts(ParseResult parsed, TextTokenizer tokenizer, int context)
    {
        var texts = parsed.GetValue(Prompts) ?? [];
        var files = parsed.GetValue(Files) ?? [];
        var rows = GenerationPrompts.Read(texts, texts.Length + files.Length == 0 ? [GenerationPrompts.StandardInput] : files, Console.In);
        var options = new ExampleOptions
        {
            Tokenizer = tokenizer,
            MaxLength = int.MaxValue,
            Template = TemplateOption.Find(parsed.GetValue(Template), tokenizer),
            AddBos = parsed.GetValue(Bos),
        };
        var prompts = PromptExamples.Build(rows, options).Examples;
        if (prompts.Count == 0)
        {
            throw new OptionsException([new OptionsProblem("command line", 0, "there is no prompt; give one as an argument, with --prompts FILE or on the standard input")]);
        }

        return prompts.FirstOrDefault(prompt => prompt.Prompt.Length >= context) is { } tooLong
            ? throw new DataFormatException(tooLong.RowId, $"the prompt has {tooLong.Prompt.Length} tokens, the model's context {context}: no room for a response", "shorten it")
            : prompts;
    }
}
