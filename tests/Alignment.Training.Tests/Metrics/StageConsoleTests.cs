using Alignment.Training.Metrics;
using Spectre.Console;

namespace Alignment.Training.Tests.Metrics;

public class StageConsoleTests
{
    [Fact]
    public void WithProgress_OnATerminal_RunsOnTheCallingThreadAndShowsBarAndLines()
    {
        var output = new StringWriter();
        var console = StageConsole.OnTerminal(Terminal(output));
        var thread = 0;

        console.WithProgress("training", start: 10, total: 20, report =>
        {
            thread = Environment.CurrentManagedThreadId;
            console.Log.Information("loss {Loss:0.00} of {Name}", 1.5, "[sft]");
            report(20);
        });

        thread.ShouldBe(Environment.CurrentManagedThreadId); // dispose scopes and no_grad belong to a thread
        output.ToString().ShouldContain("loss 1.50 of [sft]");
        output.ToString().ShouldContain("training 20/20");
        output.ToString().ShouldContain("100%");
    }

    [Fact]
    public void WithProgress_WorkThrows_PassesItOn()
    {
        var console = StageConsole.OnTerminal(Terminal(new StringWriter()));

        Should.Throw<OperationCanceledException>(() => console.WithProgress("x", 0, 1, _ => throw new OperationCanceledException()));
    }

    [Fact]
    public void WithProgress_NoTerminal_JustRuns()
    {
        var done = 0L;

        StageConsole.Quiet().WithProgress("x", 0, 3, report =>
        {
            report(3);
            done = 3;
        });

        done.ShouldBe(3);
    }

    private static IAnsiConsole Terminal(StringWriter output) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
        ColorSystem = ColorSystemSupport.NoColors,
        Out = new AnsiConsoleOutput(output),
    });
}
