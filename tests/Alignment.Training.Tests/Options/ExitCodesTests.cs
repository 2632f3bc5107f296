using Alignment.Training.Guards;
using Alignment.Training.Optimization;
using Alignment.Training.Options;

namespace Alignment.Training.Tests.Options;

public sealed class ExitCodesTests
{
    public static TheoryData<Exception, int, string> Cases => new()
    {
        { new OptionsException("f.yaml", 3, "bad"), 2, "error: f.yaml:3: bad\n" },
        { new InvalidDataException("broken"), 2, "error: broken\n" },
        { new FormatException("a.jsonl:3: odd"), 2, "error: a.jsonl:3: odd\n" },
        { new NumericFailureException("loss is NaN at step 6"), 2, "error: loss is NaN at step 6\n" },
        { new GuardStopException("guard kl_runaway: 60"), 4, "error: guard kl_runaway: 60\n" },
        { new FileNotFoundException("gone"), 3, "error: gone\n" },
        { new DirectoryNotFoundException("gone"), 3, "error: gone\n" },
        { new UnauthorizedAccessException("closed"), 3, "error: closed\n" },
        { new IOException("disk full"), 3, "error: disk full\n" },
        { new OperationCanceledException("stopped at step 3"), 130, "cancelled: stopped at step 3\n" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Guard_ExpectedException_GivesMessageAndCode(Exception exception, int code, string message)
    {
        var error = new StringWriter();

        ExitCodes.Guard(() => throw exception, verbose: false, error).ShouldBe(code);
        error.ToString().ShouldBe(message);
    }

    [Fact]
    public void Guard_Unexpected_ShowsTypeAndStack()
    {
        var error = new StringWriter();

        ExitCodes.Guard(() => throw new InvalidOperationException("odd"), verbose: false, error).ShouldBe(1);
        error.ToString().ShouldStartWith("error: unexpected InvalidOperationException: odd");
        error.ToString().ShouldContain(nameof(Guard_Unexpected_ShowsTypeAndStack));
    }

    [Fact]
    public void Guard_Verbose_ShowsTheStack()
    {
        var error = new StringWriter();

        ExitCodes.Guard(() => throw new InvalidDataException("odd"), verbose: true, error).ShouldBe(2);
        error.ToString().ShouldContain(nameof(Guard_Verbose_ShowsTheStack));
    }

    [Fact]
    public void Guard_Normal_GivesTheBodysCode() => ExitCodes.Guard(() => 7).ShouldBe(7);
}
