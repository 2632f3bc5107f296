using Alignment.Training.Options;

namespace Alignment.Training.Tests.Options;

public sealed class OptionsBinderTests
{
    [Fact]
    public void BindText_EveryShape_GivesTheRecord()
    {
        var options = OptionsBinder.BindText<SampleOptions>("""
            model: runs/a
            epochs: -3
            steps: 5000000000
            learning_rate: 1e-3
            max_grad_norm: null
            shuffle: false
            schedule: cosine_decay
            note: "12"
            files: [a.jsonl, b.jsonl]
            sizes: [7]
            weights: { x: 1, y: .5 }
            parts: { one: { beta: 2 } }
            nested:
              beta: 0.3
              leaves:
                - name: l1
                - { name: l2 }
            """);

        options.Model.ShouldBe("runs/a");
        options.Epochs.ShouldBe(-3);
        options.Steps.ShouldBe(5_000_000_000);
        options.LearningRate.ShouldBe(0.001);
        options.MaxGradNorm.ShouldBeNull();
        options.Shuffle.ShouldBeFalse();
        options.Schedule.ShouldBe(SampleSchedule.CosineDecay);
        options.Note.ShouldBe("12");
        options.Files.ShouldBe(["a.jsonl", "b.jsonl"]);
        options.Sizes.ShouldBe([7]);
        options.Weights.ShouldBe(new Dictionary<string, double> { ["x"] = 1, ["y"] = 0.5 });
        options.Parts["one"].Beta.ShouldBe(2);
        options.Nested.Leaves.Select(l => l.Name).ShouldBe(["l1", "l2"]);
    }

    [Fact]
    public void BindText_AbsentOptions_KeepTheirDefaults()
    {
        var options = OptionsBinder.BindText<SampleOptions>("model: m");

        options.ShouldBe(new SampleOptions { Model = "m", Files = options.Files, Sizes = options.Sizes, Weights = options.Weights, Parts = options.Parts, Nested = options.Nested });
        options.Sizes.ShouldBe([1, 2]);
    }

    [Fact]
    public void BindText_ScalarForAList_IsAListOfOne() =>
        OptionsBinder.BindText<SampleOptions>("{ model: m, files: a.jsonl }").Files.ShouldBe(["a.jsonl"]);

    [Fact]
    public void BindText_Alias_IsItsAnchorsValue() =>
        OptionsBinder.BindText<SampleOptions>("model: &m runs/x\nnote: *m\n").Note.ShouldBe("runs/x");

    [Fact]
    public void BindText_ManyProblems_ListsAllSortedByLine()
    {
        var error = Should.Throw<OptionsException>(() => OptionsBinder.BindText<SampleOptions>("""
            epochs: three
            learing_rate: 1
            shuffle: yes
            schedule: cosine_decy
            files:
            sizes: [1, 2.5]
            nested:
              beta: "0.1"
              leaves: [{}]
              leaves: []
            weights: 3
            zzz: 1
            """, "p.yaml"));

        error.Problems.Select(p => p.ToString()).ShouldBe([
            "p.yaml:1: 'epochs' is 'three'; it must be a whole number",
            "p.yaml:1: the required option 'model' is missing (the parent model's folder); add it",
            "p.yaml:2: unknown option 'learing_rate'; did you mean 'learning_rate'?",
            "p.yaml:3: 'shuffle' is 'yes'; it must be true or false",
            "p.yaml:4: 'schedule' is 'cosine_decy'; it must be one of linear, cosine_decay; did you mean 'cosine_decay'?",
            "p.yaml:5: 'files' is empty; it must be a list, each a text",
            "p.yaml:6: 'sizes[1]' is '2.5'; it must be a whole number",
            "p.yaml:8: 'nested.beta' is the text \"0.1\"; it must be a number",
            "p.yaml:9: the required option 'nested.leaves[0].name' is missing (a text); add it",
            "p.yaml:10: 'nested.leaves' is given twice (first in line 9); keep one",
            "p.yaml:11: 'weights' is '3'; it must be a mapping of names, each to a number",
            "p.yaml:12: unknown option 'zzz'; known options: model, epochs, steps, learning_rate, max_grad_norm, shuffle, schedule, note, files, sizes, weights, parts, nested",
        ]);
        error.Message.ShouldBe(string.Join('\n', error.Problems));
    }

    [Theory]
    [InlineData("epochs: 99999999999", "'epochs' is '99999999999'; it must be a whole number")]
    [InlineData("learning_rate: .nan", "'learning_rate' is '.nan'; it must be a number")]
    [InlineData("learning_rate: 1,5", "'learning_rate' is '1,5'; it must be a number")]
    [InlineData("nested: []", "'nested' is a list; it must be a mapping of options")]
    [InlineData("note: {}", "'note' is a mapping; it must be a text")]
    [InlineData("epochs:", "'epochs' is empty; it must be a whole number")]
    [InlineData("schedule: 0", "'schedule' is '0'; it must be one of linear, cosine_decay")]
    public void BindText_WrongValue_SaysWhatIsWanted(string line, string message)
    {
        var error = Should.Throw<OptionsException>(() => OptionsBinder.BindText<SampleOptions>($"model: m\n{line}\n", "p.yaml"));

        error.Message.ShouldBe($"p.yaml:2: {message}");
    }

    [Fact]
    public void BindText_BrokenRules_CarryTheLineOfTheirOption()
    {
        var error = Should.Throw<OptionsException>(() => OptionsBinder.BindText<SampleOptions>("""
            model: m
            parts:
              one:
                beta: -1
            learning_rate: 0
            nested: { beta: -2 }
            """, "p.yaml"));

        error.Problems.Select(p => p.ToString()).ShouldBe([
            "p.yaml:4: parts.one.beta is -1; it must not be negative",
            "p.yaml:6: nested.beta is -2; it must not be negative",
        ]);
        Should.Throw<OptionsException>(() => OptionsBinder.BindText<SampleOptions>("model: m\nlearning_rate: 0", "p.yaml"))
            .Message.ShouldBe("p.yaml:2: learning_rate is 0; it must be above 0");
    }

    [Fact]
    public void BindText_RecordWithProblemsButNoInterface_IsAskedToo() =>
        Should.Throw<OptionsException>(() => OptionsBinder.BindText<SampleOptions>("model: m\nnested:\n  leaves:\n    - name: bad", "p.yaml"))
            .Message.ShouldBe("p.yaml:4: nested.leaves[0].name: is bad; take another");

    [Fact]
    public void Bind_ReservedKeys_AreNotUnknown()
    {
        var node = OptionsYaml.ParseMapping("{ kind: sft, model: m }", "p.yaml");

        OptionsBinder.Bind<SampleOptions>(node, "kind").Model.ShouldBe("m");
        Should.Throw<OptionsException>(() => OptionsBinder.Bind<SampleOptions>(node)).Message.ShouldContain("unknown option 'kind'");
    }
}
