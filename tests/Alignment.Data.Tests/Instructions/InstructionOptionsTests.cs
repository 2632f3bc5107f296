using Alignment.Data.Instructions;

namespace Alignment.Data.Tests.Instructions;

public sealed class InstructionOptionsTests
{
    private static readonly InstructionTaskOptions Task = new() { Files = ["a.jsonl"], Templates = ["Where is {who}?"] };

    [Fact]
    public void Problems_Defaults_AreThePapers()
    {
        var options = new InstructionOptions { Tasks = new Dictionary<string, InstructionTaskOptions> { ["a"] = Task } };

        options.Problems().ShouldBeEmpty();
        Task.Problems().ShouldBeEmpty();
        (options.Cap, options.MaxRate, options.Temperature).ShouldBe((30_000, 3000, 1.0));
    }

    [Fact]
    public void Problems_OfAFile_AreSaid()
    {
        new InstructionOptions().Problems().ShouldBe(["tasks and natural_instructions are missing; name at least one task"]);
        var options = new InstructionOptions { NaturalInstructions = ["x"], Cap = 0, MaxRate = 0, Temperature = 0, Rows = 0, DifficultyColumn = "loss", HeldOutRows = 0, NaturalTemplates = ["{a"] };
        options.Problems().Select(text => text.Split(' ')[0]).ShouldBe(["held_out_rows", "cap", "max_rate", "temperature", "rows", "difficulty_column", "natural_templates[0]"]);
    }

    [Fact]
    public void Problems_OfATask_AreSaid()
    {
        string[] Of(InstructionTaskOptions task) => [.. task.Problems()];

        Of(Task with { Files = [] }).Single().ShouldBe("files is empty; name at least one");
        Of(Task with { Files = ["-"] }).Single().ShouldStartWith("files has '-'; the rows are read twice");
        Of(Task with { Format = "xml" }).Single().ShouldStartWith("format is 'xml'; use auto or one of ");
        Of(Task with { Templates = [] }).Single().ShouldStartWith("templates is missing");
        Of(Task with { Format = "auto", Templates = [] }).ShouldBeEmpty();
        Of(Task with { Options = ["a", "a"] }).Single().ShouldStartWith("options has an empty text or one that stands there twice");
        Of(Task with { Options = ["a", "b"], OptionsColumn = "o" }).Single().ShouldBe("options and options_column are both given; keep one");
        Of(Task with { Templates = ["Q {options}"] }).Single().ShouldStartWith("templates[0] lists {options}, but the task has none");
        Of(Task with { Templates = ["Is it {answer}?"] }).Single().ShouldStartWith("templates[0] gives the answer away");
        Of(Task with { Inverted = ["Ask about {answer}."] }).Single().ShouldStartWith("inverted[0] has no '|||'");
        Of(Task with { Inverted = ["Ask about {answer}. ||| {who}"] }).ShouldBeEmpty();
        Of(Task with { ChainOfThought = ["Why {who}?"] }).Single().ShouldStartWith("chain_of_thought is given, but rationale names no column");
        Of(Task with { Templates = ["fine", "a ||| b ||| c"] }).Single().ShouldBe("templates[1] has '|||' more than once; it parts the prompt from the completion");
    }

    [Fact]
    public void Problems_OfSharesAndExamples_AreSaid()
    {
        new InstructionShares { ZeroShot = 0 }.Problems().Single().ShouldStartWith("all shares are 0");
        new InstructionShares { FewShot = -1 }.Problems().Single().ShouldStartWith("few_shot is -1");
        new FewShotOptions { Min = 0 }.Problems().Single().ShouldStartWith("min is 0");
        new FewShotOptions { Min = 6 }.Problems().Single().ShouldStartWith("max is 5");
        new FewShotOptions { Pool = 5 }.Problems().Single().ShouldStartWith("pool is 5");
        new AblationOptions { Sizes = [1, 1] }.Problems().Single().ShouldStartWith("sizes is [1, 1]");
        new AblationOptions { Sizes = [1], Order = ["a", "a"] }.Problems().Single().ShouldBe("order names a cluster twice");
    }
}
