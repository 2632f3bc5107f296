using Alignment.Training.Options;

namespace Alignment.Training.Tests.Options;

public sealed class OptionsYamlTests
{
    [Theory]
    [InlineData("a: 1\nb:\n  c: 2\n\td: 3\n", "p.yaml:4: is not valid YAML: a tab indents this line; use spaces")]
    [InlineData("a: [1", "p.yaml:2: is not valid YAML: ")]
    [InlineData("- 1", "p.yaml:1: the file is a list; a mapping of 'key: value' lines is wanted")]
    [InlineData("", "p.yaml:1: the file is empty; a mapping of 'key: value' lines is wanted")]
    [InlineData("a: 1\n---\nb: 2", "p.yaml:2: a second YAML document starts here; one is wanted")]
    [InlineData("a: *x", "p.yaml:1: the alias '*x' has no anchor '&x' above it")]
    [InlineData("\n[a]: 1", "p.yaml:2: a list stands where a key is wanted")]
    public void ParseMapping_BadText_SaysWhere(string yaml, string message) =>
        Should.Throw<OptionsException>(() => OptionsYaml.ParseMapping(yaml, "p.yaml")).Message.ShouldStartWith(message);

    [Fact]
    public void ParseFile_Missing_NamesTheFile() =>
        Should.Throw<FileNotFoundException>(() => OptionsYaml.ParseFile("no/such.yaml")).Message.ShouldStartWith("no/such.yaml: no such configuration file (looked in ");

    [Fact]
    public void With_Assignments_ReplaceAndAdd()
    {
        var node = OptionsYaml.ParseMapping("{ a: { b: 1 }, l: [x, { y: 1 }] }", "p.yaml")
            .With("a.b=2").With("a.c.d=[1, 2]").With("l.1.y=3").With("e=");

        node["a"]!["b"]!.Scalar.ShouldBe("2");
        node["a"]!["c"]!["d"]!.Items!.Count.ShouldBe(2);
        node["l"]!.Items![1]["y"]!.Scalar.ShouldBe("3");
        node["e"]!.IsNull.ShouldBeTrue();
    }

    [Theory]
    [InlineData("nothing", "--set nothing: is not of the form key=value or key.sub=value")]
    [InlineData("l.5=1", "--set l.5=1: '5' is not a place in a list of 1 values; use 0 to 0")]
    [InlineData("a.b=1", "--set a.b=1: 'b' cannot be set inside '1' (p.yaml:1), which is not a mapping")]
    public void With_BadAssignment_Throws(string assignment, string message) =>
        Should.Throw<OptionsException>(() => OptionsYaml.ParseMapping("{ a: 1, l: [x] }", "p.yaml").With(assignment)).Message.ShouldBe(message);

    [Fact]
    public void With_WrongType_IsBlamedOnTheCommandLine() =>
        Should.Throw<OptionsException>(() => OptionsBinder.Bind<SampleOptions>(OptionsYaml.ParseMapping("model: m", "p.yaml").With("epochs=x")))
            .Message.ShouldBe("--set epochs=x: 'epochs' is 'x'; it must be a whole number");

    [Fact]
    public void LineOf_Path_IsTheDeepestLineFound()
    {
        var node = OptionsYaml.ParseMapping("a:\n  b:\n    - x\n    - y\n", "p.yaml");

        node.LineOf("a.b[1]").ShouldBe(4);
        node.LineOf("a.nope").ShouldBe(1);
    }
}
