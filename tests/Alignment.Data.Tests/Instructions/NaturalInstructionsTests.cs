using System.Text.Json.Nodes;

namespace Alignment.Data.Tests.Instructions;

public sealed class NaturalInstructionsTests : IDisposable
{
    private readonly InstructionFolder _folder = new();
    private readonly string _tasks;

    public NaturalInstructionsTests()
    {
        _folder.Write("ni/task001_capital.json", """
            {
                "Definition": ["Name the capital. "],
                "Categories": ["Misc."],
                "Positive Examples": [
                    {"input": "India", "output": "New Delhi", "explanation": "It is."},
                    {"input": "Kenya", "output": "Nairobi", "explanation": "It is."}
                ],
                "Negative Examples": [],
                "Instances": [
                    {"id": "i1", "input": "Chad", "output": ["N'Djamena", "Ndjamena"]},
                    {"id": "i2", "input": "Kenya", "output": ["Nairobi"]},
                    {"id": "i3", "input": "Nowhere", "output": [NaN]}
                ]
            }
            """);
        _folder.Write("ni/task002_sentiment.json", """
            {"Definition": "Good or bad?", "Categories": ["Sentiment"], "Positive Examples": [{"input": "fine", "output": "good"}],
             "Instances": [{"id": "j1", "input": "lovely", "output": ["good"]}, {"id": "j2", "input": "awful", "output": "bad"}]}
            """);
        _tasks = Path.GetDirectoryName(_folder.Write("ni/README.md", "not a task"))!;
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Build_Folder_EachFileIsATaskOfItsCategory()
    {
        var built = _folder.Build(new() { NaturalInstructions = [_tasks] });

        built.Report.Tasks.Select(task => (task.Name, task.Cluster, task.Records, task.Written)).ShouldBe([("task001_capital", "Misc.", 3, 2), ("task002_sentiment", "Sentiment", 2, 2)]);
        built.Report.Tasks[0].Left.All.Single().ShouldBe(("'output' is missing or empty", 1, built.Report.Tasks[0].Files[0] + ":1#3"));
        var row = built.Train.Single(one => one.Text("prompt").Contains("Chad"));
        row.Text("prompt").ShouldBe("Name the capital.\n\nInput: Chad\nOutput:");
        row.Text("completion").ShouldBeOneOf("N'Djamena", "Ndjamena");
    }

    [Fact]
    public void Build_FewShot_PositiveExamplesComeBehindTheDefinitionAndNeverTheRowItself()
    {
        var built = _folder.Build(new() { NaturalInstructions = [_tasks + "/task001_capital.json"], Shares = new() { ZeroShot = 0, FewShot = 1 }, FewShot = new() { Min = 2, Max = 2 } });

        built.Train.Single(one => one.Text("prompt").EndsWith("Input: Chad\nOutput:")).Text("prompt").ShouldBeOneOf(
            "Name the capital.\n\nInput: India\nOutput:\nNew Delhi\n\nInput: Kenya\nOutput:\nNairobi\n\nInput: Chad\nOutput:",
            "Name the capital.\n\nInput: Kenya\nOutput:\nNairobi\n\nInput: India\nOutput:\nNew Delhi\n\nInput: Chad\nOutput:");
        built.Train.Single(one => one.Text("prompt").EndsWith("Input: Kenya\nOutput:")).Text("prompt")
            .ShouldBe("Name the capital.\n\nInput: India\nOutput:\nNew Delhi\n\nInput: Kenya\nOutput:", "Kenya is a positive example too");
    }

    [Fact]
    public void Build_HeldOutCategory_FewOutputsAreChoicesAndManyAreAnswers()
    {
        var both = _folder.Build(new() { NaturalInstructions = [_tasks], HeldOut = ["Sentiment"] });
        both.HeldOut.Select(row => (row.Text("prompt"), row["choices"]!.ToJsonString(), row.Text("answer"))).ShouldBe(
            [("Good or bad?\n\nInput: lovely\nOutput:", "[\"bad\",\"good\"]", "good"), ("Good or bad?\n\nInput: awful\nOutput:", "[\"bad\",\"good\"]", "bad")]);
        both.Train.ShouldAllBe(row => row.Text("cluster") == "Misc.");

        var free = _folder.Build(new() { NaturalInstructions = [_tasks], HeldOut = ["Misc."], NaturalInferOptions = 2 });
        var rows = free.Rows("held_out_prompts.jsonl");
        rows.Select(row => row["answer"] is JsonArray list ? string.Join('/', list) : row.Text("answer")).ShouldBe(["N'Djamena/Ndjamena", "Nairobi"], ignoreOrder: true);
        File.Exists(Path.Combine(free.Folder, "held_out.jsonl")).ShouldBeFalse();
    }
}
