using System.CommandLine;
using Alignment.Core.Checkpoints;
using Alignment.Core.Gguf;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Gguf;
using Alignment.Data.Templates;
using Alignment.Training.Options;
using static TorchSharp.torch;

namespace Alignment.Cli;

/// <summary><c>alignment export</c>: a model in the form that other programs load.</summary>
internal static class ExportCommand
{
    private const string Gguf = "gguf";
    private const string HuggingFace = "hf";

    private static readonly Option<string> Model = new("--model") { Description = "the model folder; updates of an adapter folder are merged into its base", Required = true, HelpName = "DIR" };
    private static readonly Option<string> Format = CreateFormat();
    private static readonly Option<string?> Type = CreateType();
    private static readonly Option<string> Output = new("--output") { Description = "the file (gguf) or the new folder (hf) to write", Required = true, HelpName = "PATH" };
    private static readonly Option<string> Name = new("--name") { Description = "what the GGUF file calls the model; the folder's name when left out" };
    private static readonly Option<string> PreTokenizer = new("--pre-tokenizer") { Description = "llama.cpp's name for the way the tokenizer cuts texts, where it is not found by itself", HelpName = "NAME" };

    public static Command Create()
    {
        var command = new Command("export", "Writes a model as a GGUF file for llama.cpp, Ollama and LLamaSharp, or as one whole Hugging Face folder.") { Model, Format, Type, Output, Name, PreTokenizer };
        command.SetAction(parsed => parsed.GetRequiredValue(Format) == Gguf ? WriteGguf(parsed) : WriteFolder(parsed));
        return command;
    }

    private static Option<string> CreateFormat()
    {
        var option = new Option<string>("--format") { Description = "gguf: one file; hf: a folder", Required = true };
        option.AcceptOnlyFromAmong(Gguf, HuggingFace);
        return option;
    }

    private static Option<string?> CreateType()
    {
        var option = new Option<string?>("--type") { Description = "number type of the weights: f32, f16, bf16 or, for gguf, q8_0; f16 for gguf, the model's own for hf when left out" };
        option.AcceptOnlyFromAmong("f32", "f16", "bf16", "q8_0");
        return option;
    }

    private static int WriteGguf(ParseResult parsed)
    {
        var folder = parsed.GetRequiredValue(Model);
        var path = parsed.GetRequiredValue(Output);
        var type = Enum.Parse<GgufType>(parsed.GetValue(Type) ?? "f16", ignoreCase: true);
        var config = ModelConfig.Load(folder);
        var (tokenizer, tokenizerFolder) = ModelTokenizer.Load(folder, config);
        var vocabulary = GgufVocabulary.Metadata(tokenizer, config.VocabularySize, ModelFolder.StopIds(folder), ChatTemplate.FromFolder(tokenizerFolder)?.Source, parsed.GetValue(PreTokenizer));
        var name = parsed.GetValue(Name) ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

        TorchRuntime.Initialize();
        foreach (var remark in Write(folder, weights => GgufExport.Write(path, config, weights, type, name, vocabulary)))
        {
            Console.Error.WriteLine($"note: {remark}");
        }

        Console.Out.WriteLine($"{path}: {config.ModelType}, {parsed.GetValue(Type) ?? "f16"}, {new FileInfo(path).Length / 1e6:0.0} MB");
        return ExitCodes.Done;
    }

    /// <summary>A whole model's weights are read one by one; those of an adapter folder are made first.</summary>
    private static IReadOnlyList<string> Write(string folder, Func<IReadOnlyList<GgufSource>, IReadOnlyList<string>> write)
    {
        if (AdapterFolder.Is(folder))
        {
            using var model = ModelFolder.LoadCausalLm(folder);
            return write(GgufSource.Of(model));
        }

        using var weights = SafetensorsFolder.Open(folder);
        return write(GgufSource.Of(weights));
    }

    private static int WriteFolder(ParseResult parsed)
    {
        var folder = parsed.GetRequiredValue(Model);
        var output = parsed.GetRequiredValue(Output);
        CheckFolder(parsed, output);
        var config = ModelConfig.Load(folder);
        var type = parsed.GetValue(Type) switch { null => OwnType(config), "f32" => ScalarType.Float32, "f16" => ScalarType.Float16, _ => ScalarType.BFloat16 };
        var (tokenizer, _) = ModelTokenizer.Load(folder, config);

        TorchRuntime.Initialize();
        using var model = ModelFolder.LoadCausalLm(folder);
        ModelFolder.Save(model, output, new() { Type = type, CopyTokenizer = tokenizer.CopyTo, GenerationConfig = GenerationConfigFile.From(folder, config) });
        Console.Out.WriteLine($"{output}: {config.ModelType}, {type}");
        return ExitCodes.Done;
    }

    /// <summary>Saving replaces a folder as a whole, so one with anything in it is left alone.</summary>
    private static void CheckFolder(ParseResult parsed, string output)
    {
        var problems = new List<string>();
        if (parsed.GetValue(Type) == "q8_0")
        {
            problems.Add("--type q8_0 is for --format gguf; give f32, f16 or bf16");
        }

        if (File.Exists(output) || (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any()))
        {
            problems.Add($"--output {output} is there already; name a folder that is new or empty");
        }

        problems.AddRange(new[] { (Name.Name, parsed.GetValue(Name)), (PreTokenizer.Name, parsed.GetValue(PreTokenizer)) }
            .Where(option => option.Item2 is not null).Select(option => $"{option.Name} is for --format gguf"));
        if (problems.Count > 0)
        {
            throw new OptionsException(problems.Select(problem => new OptionsProblem("command line", 0, problem)));
        }
    }

    private static ScalarType OwnType(ModelConfig config) => (config.Document?["torch_dtype"] ?? config.Document?["dtype"])?.ToString() switch
    {
        "bfloat16" => ScalarType.BFloat16,
        "float16" => ScalarType.Float16,
        _ => ScalarType.Float32,
    };
}
