using Alignment.Data.Formats;
using Alignment.Data.Instructions;
using Alignment.Data.Rows;

namespace Alignment.Data.Tests.Instructions;

public sealed class InstructionBuilderTests : IDisposable
{
    private readonly InstructionFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Build_ZeroShot_RowsAreTheTemplatesFilled()
    {
        var built = _folder.Build(new() { Tasks = Tasks(("a", 40, "homes")) });

        built.Train.Length.ShouldBe(40);
        foreach (var row in built.Train)
        {
            var i = int.Parse(row.Text("source").Split(':')[^1]) - 1;
            var town = i % 2 == 0 ? "Brook" : "Alden";
            var (prompt, completion) = row["template"]!.GetValue<int>() switch
            {
                0 => ($"Where does a{i} live?", town),
                1 => ($"Tell me the town of a{i}. OPTIONS:\n- Alden\n- Brook", town),
                _ => ($"a{i} lives in which town?", $"In {town}."),
            };
            (row.Text("prompt"), row.Text("completion"), row.Text("task"), row.Text("cluster"), row.Text("kind")).ShouldBe((prompt, completion, "a", "homes", "zero_shot"));
        }

        built.Train.Select(row => row.Text("source")).Distinct().Count().ShouldBe(40);
        built.Train.Select(row => row.Text("template")).Distinct().Count().ShouldBe(3);
        new RowReader(RowTypes.PromptCompletion).Read(Path.Combine(built.Folder, "train.jsonl")).Count().ShouldBe(40);
    }

    [Fact]
    public void Build_SameSeed_SameBytesAndAnotherSeedOthers()
    {
        var options = Everything();
        var (one, same, other) = (_folder.Build(options, 5), _folder.Build(options, 5), _folder.Build(options, 6));

        one.Files.Keys.ShouldBe(["clusters-1/train.jsonl", "clusters-2/train.jsonl", "held_out.jsonl", "report.json", "train.jsonl"]);
        foreach (var (name, bytes) in one.Files)
        {
            bytes.SequenceEqual(same.Files[name]).ShouldBeTrue(name);
        }

        one.Files["train.jsonl"].SequenceEqual(other.Files["train.jsonl"]).ShouldBeFalse();
    }

    [Fact]
    public void Build_AnySeed_NothingOfAHeldOutClusterIsTrainedOn()
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var built = _folder.Build(Everything(), seed);
            var asked = built.HeldOut.Select(row => row.Text("prompt")).ToHashSet();
            foreach (var row in built.Train.Concat(built.Rows("clusters-1/train.jsonl")).Concat(built.Rows("clusters-2/train.jsonl")))
            {
                row.Text("cluster").ShouldNotBe("secret");
                row.Text("prompt").ShouldNotContain("held"); // the names in the held-out rows, examples included
                asked.ShouldNotContain(row.Text("prompt"));
            }

            built.HeldOut.ShouldAllBe(row => row.Text("cluster") == "secret");
            built.HeldOut.Length.ShouldBe(7 * 3, "seven rows in three templates");
        }
    }

    [Fact]
    public void Build_TrainingRowThatAsksAHeldOutPrompt_IsDroppedAndCounted()
    {
        var twin = _folder.Task("a", 20) with { Cluster = "secret", Templates = ["Where does {who} live?"] };
        var options = new InstructionOptions
        {
            Tasks = new Dictionary<string, InstructionTaskOptions> { ["a"] = _folder.Task("a", 20) with { Templates = ["Where does {who} live?"] }, ["b"] = _folder.Task("b", 20), ["twin"] = twin },
            HeldOut = ["secret"],
            HeldOutRows = 6,
            Shares = new() { FewShot = 1 },
        };
        var built = _folder.Build(options);

        var asked = built.HeldOut.Select(row => row.Text("prompt")).ToList();
        asked.Count.ShouldBe(6);
        var task = built.Report.Tasks.Single(one => one.Name == "a");
        task.Written.ShouldBe(14);
        task.Dropped.All.Single().ShouldSatisfyAllConditions(one => one.What.ShouldBe("asks what a held-out row asks"), one => one.Count.ShouldBe(6));
        foreach (var row in built.Train)
        {
            asked.ShouldAllBe(prompt => !row.Text("prompt").Contains(prompt), "nor as a solved example");
        }
    }

    [Fact]
    public void Build_FewShot_ExamplesAreOtherRowsOfTheTaskInTheSameTemplate()
    {
        var built = _folder.Build(new()
        {
            Tasks = Tasks(("a", 30, "homes"), ("b", 30, "homes")),
            Shares = new() { ZeroShot = 0, FewShot = 1 },
            FewShot = new() { Min = 2, Max = 4, Pool = 10, Separator = "\n--\n", Between = " => " },
        });

        built.Train.Length.ShouldBe(60);
        foreach (var row in built.Train)
        {
            var parts = row.Text("prompt").Split("\n--\n");
            row["shots"]!.GetValue<int>().ShouldBe(parts.Length - 1);
            parts.Length.ShouldBeInRange(3, 5);
            var (shots, asked) = (parts[..^1], parts[^1]);
            shots.ShouldAllBe(shot => shot.Contains(" => "));
            shots.ShouldNotContain(shot => shot.StartsWith(asked), "never the row itself");
            shots.Distinct().Count().ShouldBe(shots.Length);
            parts.ShouldAllBe(part => part.Contains(row.Text("task") == "a" ? " a" : " b") || part.StartsWith(row.Text("task")), "of the same task");
            foreach (var shot in shots)
            {
                var number = int.Parse(string.Concat(shot.Split(" => ")[0].Replace("OPTIONS:", "").Where(char.IsDigit)));
                shot.Split(" => ")[1].ShouldContain(number % 2 == 0 ? "Brook" : "Alden");
            }
        }

        built.Report.Tasks[0].Shots.ShouldBeInRange(2, 4);
    }

    [Fact]
    public void Build_HeldOutShots_AreTheSameRowsBehindOtherSolvedRowsOfTheTask()
    {
        var without = Everything() with { FewShot = new() { Separator = "\n--\n", Between = " => " } };
        var options = without with { HeldOutShots = [1, 3], HeldOutChainOfThought = [0, 2] };
        var (built, plain) = (_folder.Build(options), _folder.Build(without));

        built.Files["held_out.jsonl"].SequenceEqual(plain.Files["held_out.jsonl"]).ShouldBeTrue();
        built.Files["train.jsonl"].SequenceEqual(plain.Files["train.jsonl"]).ShouldBeTrue();
        var asked = built.HeldOut.Select(row => row.Text("source")).ToHashSet();
        foreach (var shots in (int[])[1, 3])
        {
            var rows = built.Rows($"shots-{shots}/held_out.jsonl");
            rows.Select(row => (row.Text("source"), row.Text("template"), row.Text("choice"), row["choices"]!.ToJsonString()))
                .ShouldBe(built.HeldOut.Select(row => (row.Text("source"), row.Text("template"), row.Text("choice"), row["choices"]!.ToJsonString())));
            foreach (var (row, zero) in rows.Zip(built.HeldOut))
            {
                var parts = row.Text("prompt").Split("\n--\n");
                (row["shots"]!.GetValue<int>(), parts.Length, row.Text("kind")).ShouldBe((shots, shots + 1, "few_shot"));
                parts[^1].ShouldBe(zero.Text("prompt"));
                var solved = parts[..^1].Select(part => int.Parse(System.Text.RegularExpressions.Regex.Match(part, @"held(\d+)").Groups[1].Value)).ToList();
                solved.Distinct().Count().ShouldBe(shots);
                solved.ShouldAllBe(i => !asked.Contains(row.Text("source").Split(':')[0] + $":{i + 1}")); // 13 of the 20 rows are not asked
                parts[..^1].Select(part => part.Split(" => ")[1]).ShouldBe(solved.Select(i => row.Text("template") == "2" ? $"In {Town(i)}." : Town(i)));
            }

            // All templates of a row have the same examples.
            rows.GroupBy(row => row.Text("source")).ShouldAllBe(row => row.Select(one => string.Join(",", System.Text.RegularExpressions.Regex.Matches(one.Text("prompt"), @"held\d+").Select(match => match.Value))).Distinct().Count() == 1);
        }

        var reasons = built.Rows("chain_of_thought-2/held_out_prompts.jsonl");
        reasons.ShouldAllBe(row => row.Text("kind") == "chain_of_thought" && row["shots"]!.GetValue<int>() == 2 && row.Text("answer").Length > 0);
        reasons[0].Text("prompt").Split("\n--\n")[0].ShouldContain("The sign of ");
        reasons[0].Text("prompt").Split("\n--\n")[^1].ShouldNotContain("The sign of ");
        built.Rows("chain_of_thought-0/held_out_prompts.jsonl").ShouldAllBe(row => !row.ContainsKey("shots"));
        built.Report.HeldOutForms.Select(form => (form.Folder, form.Rows)).ShouldBe([("shots-1", 21), ("shots-3", 21), ("chain_of_thought-0", 21), ("chain_of_thought-2", 21)]);

        // The same bytes again, the same examples whatever else is asked for.
        _folder.Build(options with { HeldOutShots = [3] }).Files["shots-3/held_out.jsonl"].SequenceEqual(built.Files["shots-3/held_out.jsonl"]).ShouldBeTrue();

        static string Town(int i) => i % 2 == 0 ? "Brook" : "Alden";
    }

    [Fact]
    public void Build_HeldOutShotsThatCannotBe_AreSaid()
    {
        var task = _folder.Task("held", 3) with { Cluster = "secret" };
        var options = new InstructionOptions { Tasks = new Dictionary<string, InstructionTaskOptions> { ["held"] = task, ["a"] = _folder.Task("a", 9) }, HeldOut = ["secret"], HeldOutShots = [3], HeldOutChainOfThought = [1] };
        Should.Throw<InstructionOptionsException>(() => _folder.Build(options)).Problems.ShouldBe([
            "held_out_shots is given, but no held-out task has a row for shots-3 (fewer than 3 solved examples)",
            "held_out_chain_of_thought is given, but no held-out task has a row for chain_of_thought-1 (no task has a rationale)"]);
        (options with { HeldOutShots = [0, 101], HeldOut = [] }).Problems().Count().ShouldBe(3);
    }

    [Fact]
    public void Build_TwoRowsThatAskTheSame_AreNoExamplesForEachOther()
    {
        var file = _folder.Write("twins.jsonl", string.Concat(Enumerable.Range(0, 20).Select(i => $$"""{"who": "w{{i / 2}}", "answer": "x{{i}}"}""" + "\n")));
        var built = _folder.Build(new()
        {
            Tasks = new Dictionary<string, InstructionTaskOptions> { ["twins"] = new() { Files = [file], Templates = ["Q {who}."] } },
            Shares = new() { ZeroShot = 0, FewShot = 1 },
            FewShot = new() { Min = 5, Max = 5, Pool = 20 },
        });

        foreach (var row in built.Train)
        {
            var parts = row.Text("prompt").Split("\n\n");
            parts.Length.ShouldBe(6);
            parts[..5].ShouldAllBe(shot => !shot.StartsWith(parts.Last()));
        }
    }

    [Theory]
    [InlineData(null, 30, 20)]
    [InlineData(100, 60, 40)]
    [InlineData(10, 6, 4)]
    public void Build_CapAndMaximumRate_AreExact(int? rows, int a, int b)
    {
        var built = _folder.Build(new() { Tasks = Tasks(("a", 90, "homes"), ("b", 20, "homes")), Cap = 50, MaxRate = 30, Rows = rows });

        built.Train.Count(row => row.Text("task") == "a").ShouldBe(a);
        built.Train.Count(row => row.Text("task") == "b").ShouldBe(b);
        built.Train.Where(row => row.Text("task") == "a").Select(row => row.Text("source")).Distinct().Count().ShouldBeLessThanOrEqualTo(50);
        built.Report.Tasks.Select(task => (task.Drawn, Math.Round(task.Rate, 6), task.Written)).ShouldBe([(50, 0.6, a), (20, 0.4, b)]);
        built.Report.Rows.ShouldBe(a + b);
    }

    [Fact]
    public void Build_MoreRowsThanThereAre_ComeInOtherTemplatesEachTime()
    {
        var built = _folder.Build(new() { Tasks = Tasks(("a", 10, "homes")), Rows = 30 });

        built.Train.Select(row => (row.Text("source"), row.Text("template"))).Distinct().Count().ShouldBe(30, "ten rows in each of three templates");
    }

    [Fact]
    public void Build_Shares_AreExactAndSharedOutWhereATaskLacksAKind()
    {
        var full = _folder.Task("a", 80) with { Inverted = ["Name someone of {answer}. ||| {who}"], Rationale = "why" };
        var built = _folder.Build(new()
        {
            Tasks = new Dictionary<string, InstructionTaskOptions> { ["a"] = full, ["b"] = _folder.Task("b", 80) },
            Shares = new() { ZeroShot = 2, FewShot = 1, ChainOfThought = 3, Inverted = 2 },
        });

        built.Report.Tasks[0].Kinds.ShouldBe(new Dictionary<string, long> { ["chain_of_thought"] = 30, ["few_shot"] = 10, ["inverted"] = 20, ["zero_shot"] = 20 }, ignoreOrder: true);
        built.Report.Tasks[1].Kinds.ShouldBe(new Dictionary<string, long> { ["few_shot"] = 27, ["zero_shot"] = 53 }, ignoreOrder: true); // 80·⅓ = 26.67, 80·⅔ = 53.33
        var turned = built.Train.Where(row => row.Text("kind") == "inverted").ToList();
        turned.ShouldAllBe(row => row.Text("prompt").StartsWith("Name someone of ") && row.Text("completion").StartsWith("a"));
        var reasoned = built.Train.First(row => row.Text("kind") == "chain_of_thought" && row.Text("template") == "0");
        reasoned.Text("prompt").ShouldEndWith("\nLet's think step by step.");
        reasoned.Text("completion").ShouldMatch(@"^The sign of \d+ says so\.\nThe answer is (Brook|Alden)\.$");
    }

    [Fact]
    public void Build_HeldOutWithOptions_ChoicesAreTheOptionsInTheTemplatesWords()
    {
        var built = _folder.Build(new() { Tasks = Tasks(("a", 9, "secret"), ("b", 9, "homes")), HeldOut = ["secret"], CompletionPrefix = " " });

        built.HeldOut.Length.ShouldBe(27);
        foreach (var row in built.HeldOut)
        {
            var choices = row["choices"]!.AsArray().Select(choice => choice!.ToString()).ToArray();
            choices.ShouldBe(row.Text("template") == "2" ? [" In Alden.", " In Brook."] : [" Alden", " Brook"]);
            choices[row["choice"]!.GetValue<int>()].ShouldContain(row.Text("answer"));
            row.ContainsKey("completion").ShouldBeFalse();
        }

        built.Train.ShouldAllBe(row => row.Text("completion").StartsWith(" "));
        new RowReader(RowTypes.Prompt).Read(Path.Combine(built.Folder, "held_out.jsonl")).Count().ShouldBe(27);
    }

    [Fact]
    public void Build_Verbalizer_NamesLabelsAndMakesTheOptions()
    {
        var file = _folder.Write("sentiment.csv", "label,sentence\n1,good\n0,bad\n2,odd\n,none\n");
        var task = new InstructionTaskOptions
        {
            Files = [file],
            Cluster = "secret",
            Answer = "label",
            Templates = ["Review: {sentence} {options}"],
            Verbalizer = new Dictionary<string, string> { ["0"] = "negative", ["1"] = "positive" },
        };
        var built = _folder.Build(new() { Tasks = new Dictionary<string, InstructionTaskOptions> { ["s"] = task, ["a"] = _folder.Task("a", 4) }, HeldOut = ["secret"], OptionsStyle = OptionsStyle.Inline });

        built.HeldOut.Select(row => (row.Text("prompt"), row.Text("answer"))).ShouldBe([("Review: good negative or positive", "positive"), ("Review: bad negative or positive", "negative")]);
        var left = built.Report.Tasks[0].Left.All.ToList();
        left.Select(one => one.What).ShouldBe(["the verbalizer has no word for an answer, such as '2'", "'label' is missing or empty"]);
        left[0].First.ShouldEndWith("sentiment.csv:4");
    }

    [Fact]
    public void Build_OwnOptionsAndSeveralAnswers_OtherRightOnesAreNoChoices()
    {
        var file = _folder.Write("own.jsonl", """
            {"q": "1", "answer": ["b", "c"], "from": ["a", "b", "c", "d"]}
            {"q": "2", "answer": "z", "from": ["a", "b"]}
            {"q": "3", "answer": "a", "from": ["a"]}

            """);
        var task = new InstructionTaskOptions { Files = [file], Cluster = "secret", OptionsColumn = "from", Templates = ["{q}: {options}"] };
        var built = _folder.Build(new() { Tasks = new Dictionary<string, InstructionTaskOptions> { ["o"] = task, ["a"] = _folder.Task("a", 4) }, HeldOut = ["secret"], OptionsStyle = OptionsStyle.Letters });

        var row = built.HeldOut.Single();
        row.Text("prompt").ShouldBe("1: (A) a (B) b (C) c (D) d");
        row["choices"]!.AsArray().Select(choice => choice!.ToString()).ShouldBe(["a", "b", "d"]);
        row["choice"]!.GetValue<int>().ShouldBe(1);
        built.Report.Tasks[0].Left.All.Select(one => one.What).ShouldBe(["the answer is none of the options", "'from' is no list of at least two different options"]);
    }

    [Fact]
    public void Build_Orders_AreAsTold()
    {
        var tasks = Tasks(("a", 30, "homes"), ("b", 60, "homes"));
        int[] Losses(Built built) => [.. built.Train.Select(row => (int.Parse(row.Text("source").Split(':')[^1]) - 1) * 7 % (row.Text("task") == "a" ? 30 : 60))];

        var byLoss = Losses(_folder.Build(new() { Tasks = tasks, Order = InstructionOrder.EasyToHard, DifficultyColumn = "loss" }));
        byLoss.ShouldBe(byLoss.Order());
        var lengths = _folder.Build(new() { Tasks = tasks, Order = InstructionOrder.EasyToHard }).Train.Select(row => row.Text("prompt").Length + row.Text("completion").Length).ToList();
        lengths.ShouldBe(lengths.Order());
        var resource = _folder.Build(new() { Tasks = tasks, Order = InstructionOrder.HighToLowResource }).Train.Select(row => row.Text("task")).ToList();
        resource.ShouldBe([.. Enumerable.Repeat("b", 60), .. Enumerable.Repeat("a", 30)]);
        var shuffled = _folder.Build(new() { Tasks = tasks }).Train.Select(row => row.Text("task")).ToList();
        shuffled.Take(45).Count(task => task == "a").ShouldBeInRange(5, 25);
    }

    [Fact]
    public void Build_Messages_ExamplesAreTurns()
    {
        var built = _folder.Build(new()
        {
            Tasks = new Dictionary<string, InstructionTaskOptions> { ["a"] = _folder.Task("a", 12) with { Instruction = "Answer briefly.", Templates = ["Where does {who} live?"] } },
            Messages = true,
            Shares = new() { ZeroShot = 0, FewShot = 1 },
            FewShot = new() { Min = 2, Max = 2, Pool = 6 },
        });

        var row = built.Train[0];
        row["prompt"]!.AsArray().Select(message => message!["role"]!.ToString()).ShouldBe(["user", "assistant", "user", "assistant", "user"]);
        row["prompt"]![0]!["content"]!.ToString().ShouldStartWith("Answer briefly.\n\nWhere does a");
        row["prompt"]![4]!["content"]!.ToString().ShouldStartWith("Where does a");
        row["completion"]![0]!["role"]!.ToString().ShouldBe("assistant");
        new RowReader(RowTypes.PromptCompletion).Read(Path.Combine(built.Folder, "train.jsonl")).Count().ShouldBe(12);
    }

    [Fact]
    public void Build_Ablation_SubsetsContainEachOtherAndBiggerClustersJoinFirst()
    {
        var options = new InstructionOptions { Tasks = Tasks(("a", 8, "x"), ("b", 8, "y"), ("c", 8, "y"), ("d", 8, "z")), Ablation = new() { Sizes = [1, 2, 3] } };
        var built = _folder.Build(options);

        built.Report.Subsets.Select(subset => string.Join(' ', subset.Clusters)).ShouldBe(["y", "y x", "y x z"]);
        built.Report.Subsets.Select(subset => (subset.Tasks, subset.Rows)).ShouldBe([(2, 16), (3, 24), (4, 32)]);
        built.Rows("clusters-2/train.jsonl").Select(row => row.Text("cluster")).Distinct().Order().ShouldBe(["x", "y"]);
        _folder.Build(options with { Ablation = new() { Sizes = [2], Order = ["z"] } }).Report.Subsets.Single().Clusters.ShouldBe(["z", "y"]);
    }

    [Fact]
    public void Build_OptionsThatDoNotFitTheData_AreAllSaid()
    {
        var options = new InstructionOptions
        {
            Tasks = new Dictionary<string, InstructionTaskOptions>
            {
                ["a"] = _folder.Task("a", 4) with { Templates = ["Where does {hwo} live?"], Answer = "twon", Rationale = "reason" },
                ["b"] = _folder.Task("b", 4),
            },
            HeldOut = ["nowhere"],
            Ablation = new() { Sizes = [3], Order = ["towns"] },
        };

        var problems = Should.Throw<InstructionOptionsException>(() => _folder.Build(options)).Problems;
        problems.Select(text => text.Split(' ')[0]).ShouldBe(["tasks.a.templates[0]", "tasks.a.answer", "tasks.a.rationale", "held_out[0]", "ablation.order[0]", "ablation.sizes[0]"], ignoreOrder: true);
        problems[0].ShouldContain("names the column 'hwo', which the first rows of ");
        problems[0].ShouldEndWith("do not have; columns: who, town, why, loss");
    }

    [Fact]
    public void Build_RowThatCannotBeRead_StopsOrIsCounted()
    {
        var file = _folder.Write("bad.jsonl", """
            {"who": "a", "town": "Brook"}
            {"who": "b", "town": "Brook"
            {"who": "c", "town": "Brook"}

            """);
        var options = new InstructionOptions { Tasks = new Dictionary<string, InstructionTaskOptions> { ["a"] = _folder.Task("x", 1) with { Files = [file] } } };

        Should.Throw<DataFormatException>(() => _folder.Build(options)).Message.ShouldContain("bad.jsonl:2");
        var built = _folder.Build(options with { OnError = OnError.Skip });
        built.Train.Length.ShouldBe(2);
        built.Report.Tasks[0].Left.All.Single().First.ShouldEndWith("bad.jsonl:2");
    }

    private Dictionary<string, InstructionTaskOptions> Tasks(params (string Name, int Rows, string Cluster)[] tasks) =>
        tasks.ToDictionary(task => task.Name, task => _folder.Task(task.Name, task.Rows, task.Cluster));

    /// <summary>Two clusters to train on and one held out, with everything that draws lots.</summary>
    private InstructionOptions Everything() => new()
    {
        Tasks = Tasks(("a", 40, "homes"), ("b", 30, "work"), ("held", 20, "secret")).ToDictionary(pair => pair.Key, pair => pair.Value with { Inverted = ["Who is of {answer}? ||| {who}"], Rationale = "why" }),
        HeldOut = ["secret"],
        HeldOutRows = 7,
        Shares = new() { FewShot = 1, ChainOfThought = 1, Inverted = 1 },
        ShuffleOptions = true,
        Cap = 35,
        Rows = 120,
        Ablation = new() { Sizes = [1, 2] },
    };
}
