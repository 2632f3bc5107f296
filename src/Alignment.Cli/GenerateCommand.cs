using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Generation;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;
using Alignment.Training.Loops;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;

namespace Alignment.Cli;

/// <summary><c>alignment generate</c>: responses of a model to prompts.</summary>
internal static class GenerateCommand
{
    private static readonly SamplingOptions Defaults = new();
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Argument<string[]> Prompts = new Argument<string[]>("PROMPT") { Description = "prompts; none here and no --prompts: the standard input, one a line", Arity = ArgumentArity.ZeroOrMore }.RefuseOptions();
    private static readonly Option<string> Model = new("--model") { Description = "the model folder", Required = true, HelpName = "DIR" };
    private static readonly Option<string[]> Files = new("--prompts") { Description = "rows with a prompt (.jsonl, .json, .gz of both), or text with one prompt a line; - is the standard input; may be repeated", HelpName = "FILE" };
    private static readonly Option<string> Template = CreateTemplate();
    private static readonly Option<bool> Bos = new("--bos") { Description = "begin prompts with the tokenizer's BOS" };
    private static readonly Option<int> MaxNewTokens = new("--max-new-tokens") { Description = "most tokens of a response", DefaultValueFactory = _ => Defaults.MaxNewTokens, HelpName = "N" };
    private static readonly Option<double> Temperature = new("--temperature") { Description = "divides the logits; 0 takes the most likely token", DefaultValueFactory = _ => Defaults.Temperature, HelpName = "T" };
    private static readonly Option<int> TopK = new("--top-k") { Description = "keep the k most likely tokens; 0 keeps all", DefaultValueFactory = _ => Defaults.TopK, HelpName = "K" };
    private static readonly Option<double> TopP = new("--top-p") { Description = "keep the most likely tokens that reach this probability; 1 keeps all", DefaultValueFactory = _ => Defaults.TopP, HelpName = "P" };
    private static readonly Option<double> MinP = new("--min-p") { Description = "keep tokens at least this share as likely as the most likely one; 0 keeps all", DefaultValueFactory = _ => Defaults.MinP, HelpName = "P" };
    private static readonly Option<double> Penalty = new("--repetition-penalty") { Description = "above 1 makes tokens that are there already less likely", DefaultValueFactory = _ => Defaults.RepetitionPenalty, HelpName = "R" };
    private static readonly Option<string[]> Stop = new("--stop") { Description = "a text that ends a response, besides the model's own stop tokens; may be repeated", HelpName = "TEXT" };
    private static readonly Option<int> Samples = new("--samples") { Description = "responses to each prompt", DefaultValueFactory = _ => 1, HelpName = "N" };
    private static readonly Option<long> Seed = new("--seed") { Description = "the same seed gives the same responses", DefaultValueFactory = _ => 1, HelpName = "N" };
    private static readonly Option<int> BatchSize = new("--batch-size") { Description = "responses sampled side by side; changes nothing but time and memory", DefaultValueFactory = _ => 32, HelpName = "N" };
    private static readonly Option<string> Device = new("--device") { Description = "cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };
    private static readonly Option<ComputePrecision> Dtype = new("--dtype") { Description = "number type of matrix products", DefaultValueFactory = _ => ComputePrecision.Fp32 };
    private static readonly Option<bool> Jsonl = new("--jsonl") { Description = "write one JSON object a response: id, prompt, sample, response, tokens, finish, logprob" };

    public static Command Create()
    {
        var command = new Command("generate", "Samples responses of a model to prompts.")
        {
            Prompts, Model, Files, Template, Bos, MaxNewTokens, Temperature, TopK, TopP, MinP, Penalty, Stop, Samples, Seed, BatchSize, Device, Dtype, Jsonl,
        };
        command.SetAction(Run);
        return command;
    }

    private static Option<string> CreateTemplate()
    {
        var option = new Option<string>("--template") { Description = "plain (prompts as they stand) or chatml (a prompt is a user's message)", DefaultValueFactory = _ => ChatTemplate.Plain.Name };
        option.AcceptOnlyFromAmong(ChatTemplate.Plain.Name, ChatTemplate.ChatMl.Name);
        return option;
    }

    private static int Run(ParseResult parsed)
    {
        using var signals = new StopSignals();
        CheckCounts(parsed);
        var folder = parsed.GetRequiredValue(Model);
        var config = ModelConfig.Load(folder);
        var tokenizer = TextTokenizer.Load(folder);
        VocabularyContract.Check(config, tokenizer.VocabularySize, folder);
        var sampling = Sampling(parsed, ModelFolder.StopIds(folder));
        var prompts = ReadPrompts(parsed, tokenizer);

        TorchRuntime.Initialize();
        using var model = ModelFolder.LoadCausalLm(folder, Devices.Parse(parsed.GetRequiredValue(Device)), parsed.GetValue(Dtype).ToScalarType());
        var generator = new TextGenerator(model, sampling, parsed.GetValue(BatchSize), ids => tokenizer.Decode(ids));
        var samples = parsed.GetValue(Samples);
        var seed = parsed.GetValue(Seed);
        var wanted = prompts.SelectMany((prompt, i) => Enumerable.Range(0, samples).Select(sample => (Prompt: prompt, Index: i, Sample: sample))).ToList();
        var responses = generator.Generate(
            [.. wanted.Select(one => one.Prompt.Prompt)],
            [.. wanted.Select(one => Seeds.Derive(seed, FormattableString.Invariant($"sampling/{one.Index}/{one.Sample}")))],
            signals.Token);
        foreach (var ((prompt, _, sample), response) in wanted.Zip(responses))
        {
            Write(Console.Out, parsed.GetValue(Jsonl), wanted.Count > 1, prompt, sample, response, tokenizer.Decode(response.Ids));
        }

        return ExitCodes.Done;
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

    private static SamplingOptions Sampling(ParseResult parsed, IReadOnlyList<int> stopIds)
    {
        var options = new SamplingOptions
        {
            MaxNewTokens = parsed.GetValue(MaxNewTokens),
            Temperature = parsed.GetValue(Temperature),
            TopK = parsed.GetValue(TopK),
            TopP = parsed.GetValue(TopP),
            MinP = parsed.GetValue(MinP),
            RepetitionPenalty = parsed.GetValue(Penalty),
            StopIds = stopIds,
            StopStrings = parsed.GetValue(Stop) ?? [],
        };
        var problems = options.Problems().Select(problem => new OptionsProblem("command line", 0, problem)).ToList();
        return problems.Count == 0 ? options : throw new OptionsException(problems);
    }

    private static IReadOnlyList<PromptExample> ReadPrompts(ParseResult parsed, TextTokenizer tokenizer)
    {
        var texts = parsed.GetValue(Prompts) ?? [];
        var files = parsed.GetValue(Files) ?? [];
        var rows = GenerationPrompts.Read(texts, texts.Length + files.Length == 0 ? [GenerationPrompts.StandardInput] : files, Console.In);
        var options = new ExampleOptions
        {
            Tokenizer = tokenizer,
            MaxLength = int.MaxValue,
            Template = ChatTemplate.Named(parsed.GetRequiredValue(Template)),
            AddBos = parsed.GetValue(Bos),
        };
        var prompts = PromptExamples.Build(rows, options).Examples;
        return prompts.Count > 0
            ? prompts
            : throw new OptionsException([new OptionsProblem("command line", 0, "there is no prompt; give one as an argument, with --prompts FILE or on the standard input")]);
    }

    private static void Write(TextWriter output, bool jsonl, bool isOneOfMany, PromptExample prompt, int sample, GeneratedSequence response, string text)
    {
        if (jsonl)
        {
            output.WriteLine(new JsonObject
            {
                ["id"] = prompt.RowId,
                ["prompt"] = prompt.Text,
                ["sample"] = sample,
                ["response"] = text,
                ["tokens"] = response.Ids.Length,
                ["finish"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(response.Finish.ToString()),
                ["logprob"] = Math.Round(response.LogProbs.Sum(value => (double)value), 4),
            }.ToJsonString(Readable));
            return;
        }

        if (isOneOfMany)
        {
            output.WriteLine($"[{prompt.RowId}{(sample > 0 ? $", sample {sample + 1}" : "")}] {prompt.Text}");
        }

        output.WriteLine(text);
        if (isOneOfMany)
        {
            output.WriteLine();
        }
    }
}
