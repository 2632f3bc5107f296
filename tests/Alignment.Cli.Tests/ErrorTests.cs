namespace Alignment.Cli.Tests;

public sealed class ErrorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Main_UnknownCommand_Gives2AndSaysWhereToLook()
    {
        var (code, output, error) = Cli.Run("trian");

        code.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldContain("command line: Unrecognized command or argument 'trian'. See: alignment --help\n");
    }

    [Fact]
    public void Main_UnknownOption_Gives2AndNamesTheCommand()
    {
        var (code, _, error) = Cli.Run("data", "preview", "x.jsonl", "--tokenizer", "t", "--rws", "3");

        code.ShouldBe(2);
        error.ShouldBe("error: command line: Unknown option '--rws'. See: alignment data preview --help\n");
    }

    [Fact]
    public void Run_UnknownOption_IsNotTakenForTheFile()
    {
        var (code, _, error) = Cli.Run("run", "--sed");

        code.ShouldBe(2);
        error.ShouldBe("error: command line: Unknown option '--sed'. See: alignment run --help\n");
    }

    [Fact]
    public void Run_MissingFile_Gives3()
    {
        var (code, _, error) = Cli.RunIn(_folder, "run", "nope.yaml");

        code.ShouldBe(3);
        error.ShouldBe($"error: nope.yaml: no such configuration file (looked in {_folder}); check the name\n");
    }

    [Fact]
    public void Run_BadPipeline_Gives2WithFileAndLine()
    {
        File.WriteAllText(Path.Combine(_folder, "p.yaml"), "stages:\n  tok:\n    kind: tokenizer\n    files: [a.jsonl]\n    vocab_sise: 300\n");

        var (code, _, error) = Cli.RunIn(_folder, "run", "p.yaml");

        code.ShouldBe(2);
        error.ShouldBe("error: p.yaml:5: stage 'tok': unknown option 'vocab_sise'; did you mean 'vocab_size'?\n");
        Directory.Exists(Path.Combine(_folder, "runs")).ShouldBeFalse();
    }

    [Fact]
    public void Run_MissingData_Gives3BeforeAnythingStarts()
    {
        File.WriteAllText(Path.Combine(_folder, "p.yaml"), "stages: { tok: { kind: tokenizer, files: [a.jsonl] } }\n");

        var (code, output, error) = Cli.RunIn(_folder, "run", "p.yaml");

        code.ShouldBe(3);
        output.ShouldBeEmpty();
        error.ShouldBe($"error: p.yaml:1: 'files[0]' of stage 'tok' is 'a.jsonl', which does not exist (looked from {_folder}); correct the path or make the file\n");
    }

    [Fact]
    public void Run_MalformedData_Gives4WithTheStagesMessage()
    {
        File.WriteAllText(Path.Combine(_folder, "a.jsonl"), "{\"text\": \"one\"}\n{\"text\": \n");
        File.WriteAllText(Path.Combine(_folder, "p.yaml"), "stages: { tok: { kind: tokenizer, files: [a.jsonl], vocab_size: 300 } }\n");

        var (code, _, error) = Cli.RunIn(_folder, "run", "p.yaml");

        code.ShouldBe(4);
        error.ShouldStartWith("error: stage 'tok' (tokenizer) ended with code 2 (bad options or data) after ");
        error.ShouldContain("\n  error: a.jsonl:2: ");
        error.ShouldContain("\ncorrect that, then go on with: alignment run p.yaml\n");
        Cli.RunIn(_folder, "tokenizer", "--config", "p.yaml").Code.ShouldBe(2);
    }

    [Fact]
    public void TrainTokenizer_BadSize_Gives2()
    {
        var (code, _, error) = Cli.RunIn(_folder, "data", "train-tokenizer", "a.txt", "--output", "tok", "--vocab-size", "3");

        code.ShouldBe(2);
        error.ShouldStartWith("error: command line: vocab_size: must be from 260 ");
    }
}
