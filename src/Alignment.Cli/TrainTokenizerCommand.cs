using System.CommandLine;
using Alignment.Data.Tokenization;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary><c>alignment data train-tokenizer</c>: a tokenizer from files, outside a pipeline.</summary>
internal static class TrainTokenizerCommand
{
    private static readonly TokenizerTrainingOptions Defaults = new();

    private static readonly Argument<string[]> Files = new Argument<string[]>("FILES") { Description = "training text: .txt files, or rows of JSONL or JSON (.gz too); paths or patterns", Arity = ArgumentArity.OneOrMore }.RefuseOptions();
    private static readonly Option<string> Output = new("--output") { Description = "the folder for tokenizer.json and its companions", Required = true, HelpName = "DIR" };
    private static readonly Option<int> VocabSize = new("--vocab-size") { Description = "number of tokens, the 256 bytes and 4 special tokens included", DefaultValueFactory = _ => Defaults.VocabSize };
    private static readonly Option<string[]> Column = new("--column") { Description = "use the text of this column only; may be repeated" };
    private static readonly Option<WordPattern> Pattern = new("--pattern") { Description = "how text is cut into words", DefaultValueFactory = _ => Defaults.Pattern };
    private static readonly Option<int> MinFrequency = new("--min-frequency") { Description = "a pair that is rarer than this is not merged", DefaultValueFactory = _ => Defaults.MinFrequency };

    public static Command Create()
    {
        var command = new Command("train-tokenizer", "Trains a byte-level BPE tokenizer and saves it in Hugging Face's format.")
        {
            Files, Output, VocabSize, Column, Pattern, MinFrequency,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var options = new TokenizerTrainingOptions
        {
            Files = parsed.GetRequiredValue(Files),
            VocabSize = parsed.GetValue(VocabSize),
            Columns = parsed.GetValue(Column) ?? [],
            Pattern = parsed.GetValue(Pattern),
            MinFrequency = parsed.GetValue(MinFrequency),
        };
        var problems = options.Problems().Select(p => new OptionsProblem("command line", 0, p)).ToList();
        if (problems.Count > 0)
        {
            throw new OptionsException(problems);
        }

        var folder = parsed.GetRequiredValue(Output);
        var result = TokenizerTraining.Run(options, folder);
        Console.Out.WriteLine($"{result.VocabularySize} tokens from {result.Texts} texts ({result.Bytes} bytes) -> {folder}");
        return ExitCodes.Done;
    }
}
