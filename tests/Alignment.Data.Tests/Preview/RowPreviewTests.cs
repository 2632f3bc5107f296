using Alignment.Data.Collation;
using Alignment.Data.Preview;
using Alignment.Data.Rows;
using Alignment.Data.Templates;
using Spectre.Console;

namespace Alignment.Data.Tests.Preview;

public sealed class RowPreviewTests : IDisposable
{
    private const string NoColor = "NO_COLOR";
    private static readonly ExampleOptions Options = new() { Tokenizer = TinyTokenizer.Instance, MaxLength = 100 };
    private static readonly PromptCompletionRow Row = new("x[", "ab") { Id = "f:1" };

    private readonly string? _noColorBefore = Environment.GetEnvironmentVariable(NoColor);

    public RowPreviewTests() => Environment.SetEnvironmentVariable(NoColor, null);

    public void Dispose() => Environment.SetEnvironmentVariable(NoColor, _noColorBefore);

    [Fact]
    public void Render_Plain_MarksTheSupervisedRun() => Plain(Row).ShouldBe("""
        f:1  PromptCompletion, 4 tokens, 2 supervised (50.0 %)
        tokens: 4 tokens, supervised 2-3
        x│[⟦ab│<|im_end|>⟧


        """);

    [Fact]
    public void Render_Ids_StandBehindEachToken() =>
        Plain(Row, showIds: true).ShouldContain("x(124)│[(95)⟦ab(260)│<|im_end|>(3)⟧");

    [Fact]
    public void Render_Pair_ShowsThreeParts() => Plain(new PreferenceRow("x", "y", "zz", 0, 1) { Id = "f:2" }).ShouldBe("""
        f:2  Preference, 6 tokens, 5 supervised (83.3 %)
        prompt: 1 tokens, supervised none
        x
        chosen: 2 tokens, supervised 0-1
        ⟦y│<|im_end|>⟧
        rejected: 3 tokens, supervised 0-2
        ⟦z│z│<|im_end|>⟧


        """);

    [Fact]
    public void Render_PositionsAndText_AsAsked()
    {
        var text = new StringWriter { NewLine = "\n" };

        new RowPreview(Options, showText: true, showPositions: true).Render([Row], text);

        text.ToString().ShouldContain("0:x│1:[⟦2:ab│3:<|im_end|>⟧\nas one text:\nx[ab<|im_end|>\n");
    }

    [Fact]
    public void Render_RowsSideBySide_EachWithItsPlacesAndPositionsFromZero()
    {
        var text = new StringWriter { NewLine = "\n" };
        DataRow[] rows = [Row, new PromptCompletionRow("x", "y") { Id = "f:2" }, new PreferenceRow("x", "y", "z") { Id = "f:3" }];

        new RowPreview(Options with { MaxLength = 10, Packing = Packing.Bfd }, showPositions: true).Render(rows, text);

        text.ToString().ShouldEndWith("""
            sequence 1 (70 % of 10 tokens)  7 tokens, 4 supervised (57.1 %)
            f:1 at 0-3: 4 tokens, supervised 2-3
            0:x│1:[⟦2:ab│3:<|im_end|>⟧
            f:2 at 4-6: 3 tokens, supervised 1-2
            0:x⟦1:y│2:<|im_end|>⟧


            """);
    }

    [Fact]
    public void Render_Packed_ShowsTheBlocks()
    {
        var text = new StringWriter { NewLine = "\n" };

        new RowPreview(Options with { MaxLength = 4, Packing = Packing.Wrapped }).Render([new TextRow("xyz") { Id = "f:1" }, new TextRow("w") { Id = "f:2" }], text);

        // x y z <end> | <end> w <end>: a block begins with the last token of the one before it
        text.ToString().ShouldContain("x⟦y│z│<|im_end|>⟧");
        text.ToString().ShouldContain("<|im_end|>⟦w│<|im_end|>⟧");
    }

    [Fact]
    public void Build_Page_MarksLearnedTokensAndEscapes()
    {
        var (page, bad) = new PreviewHtml(Options).Build([Row, new PreferenceRow("<p>", "y", "zz", 0, 1) { Id = "f:2" }]);

        bad.ShouldBe(0);
        page.ShouldContain("<span class=\"t s\" title=\"id 260, position 2\">ab</span><span class=\"t s x\" title=\"id 3, position 3\">&lt;|im_end|&gt;</span>");
        page.ShouldContain("4 tokens, 2 learned (2–3)");
        page.ShouldContain("&lt;");
    }

    [Fact]
    public void Render_LineBreaks_AreShownAndBroken()
    {
        var text = new StringWriter { NewLine = "\n" };

        new RowPreview(Options with { Template = ChatTemplate.ChatMl }).Render([new PromptRow("x\ty") { Id = "f:1" }], text);

        text.ToString().ShouldContain("<|im_start|>│u│s│e│r│⏎\nx│⇥│y│<|im_end|>│⏎\n<|im_start|>│a│s│s│i│s│t│a│n│t│⏎\n");
    }

    [Fact]
    public void Render_BadRow_ShownWithItsProblemAndCounted()
    {
        var text = new StringWriter { NewLine = "\n" };

        var bad = new RowPreview(Options with { MaxLength = 3 }).Render([Row, new PromptRow("x") { Id = "f:2" }], text);

        bad.ShouldBe(1);
        text.ToString().ShouldStartWith("f:1: the row has 4 tokens (prompt 2, response 2), max_length is 3; raise max_length");
        text.ToString().ShouldContain("f:2  Prompt, 1 tokens, 0 supervised (0.0 %)");
    }

    [Fact]
    public void Render_ColorConsole_GreenForSupervisedGreyForTheRest()
    {
        var text = Console(AnsiSupport.Yes, ColorSystemSupport.TrueColor);

        // 38;5;n is the text's colour, 48;5;n the background's: silver 7, grey 8, black 0, green 2, palegreen1 121
        text.ShouldContain("\u001b[38;5;7mx\u001b[0m\u001b[38;5;8m[\u001b[0m");
        text.ShouldContain("\u001b[38;5;0;48;5;2mab\u001b[0m\u001b[38;5;0;48;5;121m<|im_end|>\u001b[0m");
        text.ShouldNotContain("⟦");
    }

    [Theory]
    [InlineData(AnsiSupport.No, ColorSystemSupport.TrueColor)]
    [InlineData(AnsiSupport.Yes, ColorSystemSupport.NoColors)]
    public void Render_ConsoleWithoutColor_Plain(AnsiSupport ansi, ColorSystemSupport colors)
    {
        var text = Console(ansi, colors);

        text.ShouldNotContain("\u001b");
        text.ShouldContain("x│[⟦ab│<|im_end|>⟧");
    }

    [Fact]
    public void Render_NoColorSet_Plain()
    {
        Environment.SetEnvironmentVariable(NoColor, "1");

        Console(AnsiSupport.Yes, ColorSystemSupport.TrueColor).ShouldNotContain("\u001b");
    }

    private static string Console(AnsiSupport ansi, ColorSystemSupport colors)
    {
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = ansi, ColorSystem = colors, Out = new AnsiConsoleOutput(text) });
        new RowPreview(Options).Render([Row], console);
        return text.ToString();
    }

    private static string Plain(DataRow row, bool showIds = false)
    {
        var text = new StringWriter { NewLine = "\n" };
        new RowPreview(Options, showIds).Render([row], text);
        return text.ToString();
    }
}
