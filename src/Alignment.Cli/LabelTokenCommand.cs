using System.CommandLine;
using Alignment.Labeling.Server;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary><c>alignment label token</c>: lets people in.</summary>
internal static class LabelTokenCommand
{
    private static readonly Argument<string[]> Names = new Argument<string[]>("NAMES") { Description = "annotators", Arity = ArgumentArity.OneOrMore }.RefuseOptions();
    private static readonly Option<string> Tokens = new("--tokens") { Description = "the file of tokens; lines are added to it", Required = true, HelpName = "FILE" };
    private static readonly Option<bool> Admin = new("--admin") { Description = "they may also settle split tasks and see everybody's progress" };

    public static Command Create()
    {
        var command = new Command("token", "Makes tokens with which annotators sign in to 'label serve'. They are printed once; the file holds their hashes.") { Names, Tokens, Admin };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var role = parsed.GetValue(Admin) ? AnnotatorRole.Admin : AnnotatorRole.Annotator;
        var made = parsed.GetRequiredValue(Names).Select(name => (Name: name, Token: AnnotatorTokens.NewToken())).ToList();
        if (made.Any(one => string.IsNullOrWhiteSpace(one.Name)))
        {
            throw LabelOptions.Wrong("NAMES has an empty one");
        }

        var path = parsed.GetRequiredValue(Tokens);
        File.AppendAllLines(path, made.Select(one => AnnotatorTokens.Line(one.Name, one.Token, role)));
        _ = AnnotatorTokens.Read(path);
        made.ForEach(one => Console.Out.WriteLine($"{one.Name}\t{one.Token}"));
        return ExitCodes.Done;
    }
}
