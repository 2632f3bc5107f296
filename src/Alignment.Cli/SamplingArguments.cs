using System.CommandLine;
using Alignment.Core.Generation;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary>The options of a command that samples. What the user leaves out is as the model's <c>generation_config.json</c> says, else as shown in the help.</summary>
internal sealed class SamplingArguments
{
    private static readonly SamplingOptions Plain = new();

    private readonly Option<int> _maxNewTokens = new("--max-new-tokens") { Description = "most tokens of a response", HelpName = "N" };
    private readonly Option<double> _temperature = new("--temperature") { Description = "divides the logits; 0 takes the most likely token", DefaultValueFactory = _ => Plain.Temperature, HelpName = "T" };
    private readonly Option<int> _topK = new("--top-k") { Description = "keep the k most likely tokens; 0 keeps all", DefaultValueFactory = _ => Plain.TopK, HelpName = "K" };
    private readonly Option<double> _topP = new("--top-p") { Description = "keep the most likely tokens that reach this probability; 1 keeps all", DefaultValueFactory = _ => Plain.TopP, HelpName = "P" };
    private readonly Option<double> _minP = new("--min-p") { Description = "keep tokens at least this share as likely as the most likely one; 0 keeps all", DefaultValueFactory = _ => Plain.MinP, HelpName = "P" };
    private readonly Option<double> _penalty = new("--repetition-penalty") { Description = "above 1 makes tokens that are there already less likely", DefaultValueFactory = _ => Plain.RepetitionPenalty, HelpName = "R" };
    private readonly Option<string[]> _stop = new("--stop") { Description = "a text that ends a response, besides the model's own stop tokens; may be repeated", HelpName = "TEXT" };

    /// <param name="maxNewTokens">The default of that option.</param>
    public SamplingArguments(int maxNewTokens)
    {
        _maxNewTokens.DefaultValueFactory = _ => maxNewTokens;
    }

    /// <summary>Makes the options known to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _maxNewTokens, _temperature, _topK, _topP, _minP, _penalty, _stop })
        {
            command.Add(option);
        }
    }

    /// <summary>The options of a command line; what came from the model's file is said on the error stream.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="folder">The model's.</param>
    /// <param name="stopIds">What ends a response.</param>
    /// <exception cref="OptionsException">Values out of range, all listed.</exception>
    /// <exception cref="InvalidDataException">The model's file is broken.</exception>
    public SamplingOptions Read(ParseResult parsed, string folder, IReadOnlyList<int> stopIds)
    {
        var defaults = GenerationDefaults.Read(folder);
        var options = new SamplingOptions
        {
            MaxNewTokens = Count(_maxNewTokens, "max_new_tokens"),
            Temperature = IsLeftOut(_temperature) && defaults.Temperature() is { } temperature ? temperature : parsed.GetValue(_temperature),
            TopK = Count(_topK, "top_k"),
            TopP = Real(_topP, "top_p"),
            MinP = Real(_minP, "min_p"),
            RepetitionPenalty = Real(_penalty, "repetition_penalty"),
            StopIds = stopIds,
            StopStrings = parsed.GetValue(_stop) ?? [],
        };
        var problems = options.Problems().Select(problem => new OptionsProblem(defaults.Note is null ? "command line" : $"command line or {defaults.Note}", 0, problem)).ToList();
        if (problems.Count > 0)
        {
            throw new OptionsException(problems);
        }

        if (defaults.Note is { } note)
        {
            Console.Error.WriteLine($"note: {note}");
        }

        return options;

        bool IsLeftOut<T>(Option<T> option) => parsed.GetResult(option)?.Implicit != false;
        double Real(Option<double> option, string key) => IsLeftOut(option) && defaults.Real(key) is { } value ? value : parsed.GetValue(option);
        int Count(Option<int> option, string key) => IsLeftOut(option) && defaults.Real(key) is { } value ? (int)value : parsed.GetValue(option);
    }
}
