using System.CommandLine;
using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Data.Collation;
using Alignment.Data.Formats;
using Alignment.Data.Preview;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Training.Options;
using Spectre.Console;

namespace Alignment.Cli;

/// <summary><c>alignment data preview</c>: rows as the tokens that training sees, with the loss mask.</summary>
internal static class PreviewCommand
{
    private static readonly Argument<string[]> Files = new Argument<string[]>("FILES") { Description = "rows of JSONL or JSON (.gz too); paths or patterns", Arity = ArgumentArity.OneOrMore }.RefuseOptions();
    private static readonly Option<string> Tokenizer = new("--tokenizer") { Description = "the folder that has tokenizer.json", Required = true, HelpName = "DIR" };
    private static readonly Option<string> Template = TemplateOption.Create();
    private static readonly Option<int> Rows = new("--rows") { Description = "how many rows", DefaultValueFactory = _ => 5, HelpName = "N" };
    private static readonly Option<int> Skip = new("--skip") { Description = "how many rows to pass over first", HelpName = "N" };
    private static readonly Option<int> MaxLength = new("--max-length") { Description = "tokens that a sequence may have", DefaultValueFactory = _ => 4096, HelpName = "N" };
    private static readonly Option<bool> Bos = new("--bos") { Description = "begin sequences with the tokenizer's BOS" };
    private static readonly Option<bool> Text = new("--text") { Description = "write the rendered text below the tokens" };
    private static readonly Option<bool> Positions = new("--positions") { Description = "write each token's position before it" };
    private static readonly Option<Packing> Packed = new("--packing") { Description = "show rows as the sequences of max-length that they share in training", DefaultValueFactory = _ => Packing.None };
    private static readonly Option<string> Html = new("--html") { Description = "write a page instead", HelpName = "FILE" };
    private static readonly Option<bool> Ids = new("--ids") { Description = "write each token's id behind it" };

    public static Command Create()
    {
        var command = new Command("preview", "Shows rows as tokens with the loss mask: supervised tokens green, or in ⟦ ⟧ without colour.")
        {
            Files, Tokenizer, Template, Rows, Skip, MaxLength, Bos, Ids, Positions, Text, Packed, Html,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain(parsed.GetRequiredValue(Tokenizer)));
        var options = new ExampleOptions
        {
            Tokenizer = tokenizer,
            MaxLength = parsed.GetValue(MaxLength),
            Template = TemplateOption.Find(parsed.GetRequiredValue(Template), tokenizer),
            AddBos = parsed.GetValue(Bos),
            Packing = parsed.GetValue(Packed),
        };
        var rows = new RowReader(RowTypes.Any).Read(DataFiles.Resolve(parsed.GetRequiredValue(Files)))
            .Skip(parsed.GetValue(Skip)).Take(parsed.GetValue(Rows));
        if (parsed.GetValue(Html) is { } file)
        {
            var (page, unusable) = new PreviewHtml(options).Build(rows);
            AtomicFile.WriteText(file, page);
            Console.Out.WriteLine($"wrote {file}{(unusable > 0 ? $"; {unusable} rows cannot be used" : "")}");
            return unusable == 0 ? ExitCodes.Done : ExitCodes.BadInput;
        }

        var preview = new RowPreview(options, parsed.GetValue(Ids), parsed.GetValue(Text), parsed.GetValue(Positions));
        var bad = Console.IsOutputRedirected ? preview.Render(rows, Console.Out) : preview.Render(rows, AnsiConsole.Console);
        return bad == 0 ? ExitCodes.Done : ExitCodes.BadInput;
    }
}
