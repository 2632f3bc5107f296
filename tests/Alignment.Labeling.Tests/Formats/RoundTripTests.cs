using System.Text.Json.Nodes;
using Alignment.Data.Rows;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Store;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Tests.Formats;

/// <summary>Tasks go out, other tools' files come back: every format gives the same votes.</summary>
public sealed class RoundTripTests : IDisposable
{
    private static readonly LabelProject Project = new() { Name = "round trip", Seed = 3 };

    private static readonly LabelTask[] Tasks =
    [
        Made.Task("a") with { Prompt = "=1+1 is, \"what\"?", Candidates = [new("-2") { Model = "m" }, new("'two'\r\nlines")] },
        Made.Task("b") with { Prompt = new Message[] { new("system", "brief"), new("user", "hi") } },
        Made.Task("c"), Made.Task("d"), Made.Task("e"),
    ];

    private readonly TemporaryFolder _folder = new();

    private static Dictionary<string, ShownTask> Shown => ShownTask.Of(Tasks, Project.Seed).ToDictionary(task => task.Task.Id);

    public void Dispose() => _folder.Dispose();

    private async Task<FolderLabelStore> StoreAsync(string name = "project")
    {
        var store = FolderLabelStore.Create(_folder.File(name), Project);
        await store.AddTasksAsync(Tasks);
        return store;
    }

    private static Task<ImportReport> ImportAsync(ILabelStore store, string path, ExchangeFormat format, string? annotator = null, bool newTasks = false) =>
        new VoteImport(store, new() { Now = Made.Noon, Annotator = annotator, NewTasks = newTasks }).RunAsync([path], format);

    // Candidate 0 of a, the second shown of b, a tie on c, both bad on d, a skip on e.
    private static async Task CheckAsync(FolderLabelStore store, string origin, bool hasTime = true)
    {
        var votes = (await store.VotesAsync()).ToDictionary(vote => vote.Task);
        votes["a"].Choice.ShouldBe(Verdict.Of(0));
        votes["a"].Shown.ShouldBe(Shown["a"].Order);
        votes["b"].Choice.ShouldBe(Verdict.Of(Shown["b"].Order[1]));
        votes["b"].Strength.ShouldBe(3);
        votes["b"].Comment.ShouldBe("=why");
        (votes["c"].Choice, votes["d"].Choice, votes["e"].Choice).ShouldBe((Verdict.Tie, Verdict.BothBad, Verdict.Skip));
        votes.Values.ShouldAllBe(vote => vote.Annotator == "ada" && vote.Origin == origin);
        votes["b"].Seconds.ShouldBe(hasTime ? 4.5 : null);
    }

    private static int PlaceOf(string task, int candidate) => Shown[task].Order.Index().Single(one => one.Item == candidate).Index;

    [Fact]
    public async Task Csv_ComesBack_AndAgainChangesNothing()
    {
        await using var store = await StoreAsync();
        var path = TaskExport.Write(ExchangeFormat.Csv, _folder.Path, Project, Tasks).Single();
        var rows = CsvFile.Read(path).Select(row => row.Cells).ToList();
        rows[0].ShouldBe(["task", "prompt", "answer_1", "answer_2", "annotator", "choice", "strength", "comment", "seconds", "at"]);
        string[] choices = [$"{PlaceOf("a", 0) + 1}", "Right", "tie", "both bad", "SKIP"];
        for (var i = 0; i < choices.Length; i++)
        {
            (rows[i + 1][4], rows[i + 1][5]) = ("ada", choices[i]);
        }

        (rows[2][6], rows[2][7], rows[2][8], rows[2][9]) = ("3", "=why", "4,5", "2026-03-01 12:00:00");
        await File.WriteAllTextAsync(path, string.Concat(rows.Select(CsvFile.Line)));
        var report = await ImportAsync(store, path, ExchangeFormat.Csv);
        (report.Rows, report.Saved, report.Choices, report.Ties, report.BothBad, report.Skips).ShouldBe((5, 5, 2, 1, 1, 1));
        report.Problems.ShouldBeEmpty();
        await CheckAsync(store, "csv");

        var again = await new VoteImport(store, new() { Now = Made.Noon.AddDays(1) }).RunAsync([path], ExchangeFormat.Csv);
        (again.Saved, again.Repeated, again.Problems.Count).ShouldBe((0, 5, 0));
    }

    [Fact]
    public async Task LabelStudio_ComesBack_AndAgainChangesNothing()
    {
        await using var store = await StoreAsync();
        var files = TaskExport.Write(ExchangeFormat.LabelStudio, _folder.Path, Project, Tasks);
        System.Xml.Linq.XDocument.Parse(await File.ReadAllTextAsync(files[1])).Descendants("Pairwise").Single().Attribute("toName")!.Value.ShouldBe("answer1,answer2");
        var tasks = JsonNode.Parse(await File.ReadAllTextAsync(files[0]))!.AsArray();
        JsonObject Result(string type, JsonObject value) => new() { ["type"] = type, ["from_name"] = "x", ["value"] = value };
        JsonArray[] results =
        [
            [Result("pairwise", new() { ["selected"] = PlaceOf("a", 0) == 0 ? "left" : "right" })],
            [
                Result("pairwise", new() { ["selected"] = "right" }), Result("rating", new() { ["rating"] = 3 }),
                Result("textarea", new() { ["text"] = new JsonArray("=why") }),
            ],
            [Result("choices", new() { ["choices"] = new JsonArray("tie") })],
            [Result("choices", new() { ["choices"] = new JsonArray("both_bad") })],
            [],
        ];
        foreach (var (i, result) in results.Index())
        {
            tasks[i]!["id"] = 100 + i;
            tasks[i]!["annotations"] = new JsonArray(new JsonObject
            {
                ["id"] = i,
                ["completed_by"] = new JsonObject { ["id"] = 7, ["email"] = "ada" },
                ["result"] = result,
                ["was_cancelled"] = i == 4,
                ["lead_time"] = 4.5,
                ["created_at"] = "2026-03-01T12:00:00.123456Z",
            });
        }

        var path = _folder.Write("export.json", tasks.ToJsonString());
        ExchangeFormats.Of(path).ShouldBe(ExchangeFormat.LabelStudio);
        (await ImportAsync(store, path, ExchangeFormat.LabelStudio)).Problems.ShouldBeEmpty();
        await CheckAsync(store, "label_studio");
        (await ImportAsync(store, path, ExchangeFormat.LabelStudio)).Repeated.ShouldBe(5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Argilla_ComesBack_NestedAndFlattened(bool flattened)
    {
        await using var store = await StoreAsync();
        var files = TaskExport.Write(ExchangeFormat.Argilla, _folder.Path, Project, Tasks);
        var settings = JsonNode.Parse(await File.ReadAllTextAsync(files[1]))!;
        settings["questions"]![0]!["settings"]!["options"]!.AsArray().Count.ShouldBe(4);
        settings["distribution"]!["min_submitted"]!.GetValue<int>().ShouldBe(1);
        var records = JsonNode.Parse(await File.ReadAllTextAsync(files[0]))!.AsArray();
        string[] values = [PlaceOf("a", 0) == 0 ? "response_a" : "response_b", "response_b", "tie", "both_bad", "tie"];
        JsonArray changed = [.. records.Select((record, i) =>
        {
            var status = i == 4 ? "discarded" : "submitted";
            if (!flattened)
            {
                record!["responses"] = new JsonObject
                {
                    ["preference"] = new JsonArray(new JsonObject { ["value"] = values[i], ["user_id"] = "ada", ["status"] = status }),
                    ["strength"] = i == 1 ? new JsonArray(new JsonObject { ["value"] = 3, ["user_id"] = "ada" }) : null,
                    ["comment"] = i == 1 ? new JsonArray(new JsonObject { ["value"] = "=why", ["user_id"] = "ada" }) : null,
                };
                return record.DeepClone();
            }

            var flat = (JsonObject)record!["fields"]!.DeepClone();
            flat["id"] = record["id"]!.DeepClone();
            flat["preference.responses"] = new JsonArray(values[i]);
            flat["preference.responses.users"] = new JsonArray("ada");
            flat["preference.responses.status"] = new JsonArray(status);
            if (i == 1)
            {
                (flat["strength.responses"], flat["strength.responses.users"]) = (new JsonArray(3), new JsonArray("ada"));
                (flat["comment.responses"], flat["comment.responses.users"]) = (new JsonArray("=why"), new JsonArray("ada"));
            }

            return flat;
        })];
        var path = _folder.Write("back.json", changed.ToJsonString());
        ExchangeFormats.Of(path).ShouldBe(ExchangeFormat.Argilla);
        (await ImportAsync(store, path, ExchangeFormat.Argilla)).Problems.ShouldBeEmpty();
        await CheckAsync(store, "argilla", hasTime: false);
        (await ImportAsync(store, path, ExchangeFormat.Argilla)).Repeated.ShouldBe(5);
    }

    [Fact]
    public async Task Jsonl_ComesBackExactly()
    {
        Vote[] votes =
        [
            Made.Vote("a", "ada", Verdict.Of(1)) with { Strength = 2, Comment = "x", Seconds = 1.5, Shown = [1, 0], Origin = "jsonl" },
            Made.Vote("b", "bob", Verdict.BothBad) with { Adjudication = true, Origin = "jsonl" },
        ];
        var path = _folder.Write("votes.jsonl", JsonlVotes.Write(votes));
        ExchangeFormats.Of(path).ShouldBe(ExchangeFormat.Jsonl);
        await using var store = await StoreAsync();
        (await ImportAsync(store, path, ExchangeFormat.Jsonl)).Saved.ShouldBe(2);
        (await store.VotesAsync()).ShouldBe(votes);
        TaskFile.Read(TaskExport.Write(ExchangeFormat.Jsonl, _folder.Path, Project, Tasks).Single()).Select(task => task.Id).ShouldBe(Tasks.Select(task => task.Id));
    }

    [Fact]
    public async Task Openai_FindsTheTaskByItsTexts()
    {
        var row = new JsonObject
        {
            ["input"] = new JsonObject { ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "prompt of c" }) },
            ["preferred_output"] = new JsonArray(new JsonObject { ["role"] = "assistant", ["content"] = "answer 1 of c" }),
            ["non_preferred_output"] = new JsonArray(new JsonObject { ["role"] = "assistant", ["content"] = "answer 0 of c" }),
        };
        var path = _folder.Write("pairs.jsonl", row.ToJsonString());
        await using var store = await StoreAsync();
        (await ImportAsync(store, path, ExchangeFormats.Of(path))).Problems.Single().Message.ShouldContain("--annotator");
        (await ImportAsync(store, path, ExchangeFormat.Openai, annotator: "file")).Saved.ShouldBe(1);
        var vote = (await store.VotesAsync()).Single();
        (vote.Task, vote.Choice, vote.Annotator).ShouldBe(("c", Verdict.Of(1), "file"));
    }

    [Fact]
    public async Task Pandalm_MakesTasksOfTheFile()
    {
        var path = _folder.Write("pandalm.json", """
            [{"idx": 0, "cmp_key": "m1_m2", "instruction": "Say hi", "input": "", "response1": "hi", "response2": "ho", "annotator1": 2, "annotator2": 0, "annotator3": 2},
             {"idx": 1, "cmp_key": "m1_m2", "instruction": "Add", "input": "1 1", "response1": "", "response2": false, "annotator1": 1, "annotator2": 1, "annotator3": 1}]
            """);
        ExchangeFormats.Of(path).ShouldBe(ExchangeFormat.Pandalm);
        await using var store = await StoreAsync();
        var report = await ImportAsync(store, path, ExchangeFormat.Pandalm, newTasks: true);
        (report.Saved, report.NewTasks, report.Ties, report.Problems.Count).ShouldBe((6, 2, 1, 0));
        var task = (await store.FindTaskAsync("pandalm-1"))!;
        (PromptText.Of(task.Prompt), task.Candidates[1].Text, task.Candidates[1].Model, task.Overlap).ShouldBe(("Add\n\n1 1", "false", "m2", 3));
    }

    [Fact]
    public async Task WhatCannotBeTaken_IsReported_TheRestIsTaken()
    {
        await using var store = await StoreAsync();
        await store.AddVotesAsync([Made.Vote("d", "ada")]);
        var path = _folder.Write("votes.csv", string.Concat(new[]
        {
            "task,prompt,answer_1,answer_2,annotator,choice,strength\r\n",
            "none,prompt,x,y,ada,1,\r\n",
            "c,prompt of c,answer 0 of c,another answer,ada,1,\r\n",
            "c,another prompt,answer 0 of c,answer 1 of c,ada,1,\r\n",
            "d,prompt of d,answer 0 of d,answer 1 of d,ada,1,\r\n",
            "e,prompt of e,answer 0 of e,answer 1 of e,ada,left or right,\r\n",
            "e,prompt of e,answer 0 of e,answer 1 of e,ada,1,9\r\n",
            "e,prompt of e,answer 0 of e,answer 1 of e,,1,\r\n",
            "e,prompt of e,answer 0 of e,answer 1 of e,ada,,\r\n",
            "e,prompt of e,answer 0 of e  \r\n",
            "e,prompt of e,answer 1 of e,answer 0 of e,bob,1,2\r\n",
        }));
        var report = await ImportAsync(store, path, ExchangeFormat.Csv);
        report.Problems.Select(problem => (problem.Kind, problem.Where)).ShouldBe(
        [
            (ImportProblemKind.UnknownTask, $"{path}:2"), (ImportProblemKind.ChangedText, $"{path}:3"), (ImportProblemKind.ChangedText, $"{path}:4"),
            (ImportProblemKind.Invalid, $"{path}:6"), (ImportProblemKind.Invalid, $"{path}:8"), (ImportProblemKind.Duplicate, $"{path}:5"), (ImportProblemKind.Invalid, $"{path}:7"),
        ]);
        (report.Rows, report.Saved, report.Unanswered).ShouldBe((10, 1, 2));
        (await store.VotesAsync()).Single(vote => vote.Annotator == "bob").Choice.ShouldBe(Verdict.Of(1));
    }

    [Fact]
    public async Task LabelStudio_ReportsMissingSides_DraftsAndChanges()
    {
        await using var store = await StoreAsync();
        string Export(string result, string taskText = "prompt of c") => $$"""
            [{"id": 1, "data": {"task_id": "c", "prompt": "{{taskText}}", "answer1": "answer 0 of c", "answer2": "answer 1 of c"},
              "annotations": [{"id": 5, "completed_by": 2, "was_cancelled": false, "created_at": "2026-03-01T12:00:00Z", "result": [{{result}}]}]}]
            """;
        async Task<ImportReport> Import(string text) => await ImportAsync(store, _folder.Write("e.json", text), ExchangeFormat.LabelStudio);
        const string left = """{"type": "pairwise", "value": {"selected": "left"}}""";
        (await Import(Export(""))).Problems.Single().Kind.ShouldBe(ImportProblemKind.MissingSide);
        (await Import(Export(left + """, {"type": "choices", "value": {"choices": ["tie"]}}"""))).Problems.Single().Message.ShouldContain("both 'left' and 'tie'");
        (await Import(Export(left, "changed"))).Problems.Single().Kind.ShouldBe(ImportProblemKind.ChangedText);
        (await Import(Export(left))).Saved.ShouldBe(1);
        (await Import(Export(left.Replace("left", "right")))).Problems.Single().Kind.ShouldBe(ImportProblemKind.ChangedVote);
        await Should.ThrowAsync<Data.DataFormatException>(() => Import("""[{"id": 1, "prompt": "x", "comparison": "left"}]"""));
    }

    [Fact]
    public void Openai_IsNoFormatForTasks() =>
        Should.Throw<InvalidDataException>(() => TaskExport.Write(ExchangeFormat.Openai, _folder.Path, Project, Tasks)).Message.ShouldContain("alignment label resolve");

    [Fact]
    public async Task Rankings_ComeBack_FromJsonlAndCsv()
    {
        LabelTask[] tasks = [Made.Task("k", overlap: 0, candidates: 3)];
        await using var store = FolderLabelStore.Create(_folder.File("ranked"), Project);
        await store.AddTasksAsync(tasks);
        var vote = Made.Vote("k", "bob", Verdict.Of(2)) with { Ranking = [2, 0, 1], Origin = "jsonl" };
        (await ImportAsync(store, _folder.Write("votes.jsonl", JsonlVotes.Write([vote])), ExchangeFormat.Jsonl)).Saved.ShouldBe(1);

        var path = TaskExport.Write(ExchangeFormat.Csv, _folder.Path, Project, tasks).Single();
        var rows = CsvFile.Read(path).Select(row => row.Cells).ToList();
        rows[0].ShouldBe(["task", "prompt", "answer_1", "answer_2", "answer_3", "annotator", "choice", "ranking", "strength", "comment", "seconds", "at"]);
        string[][] filled = [["ada", "", "2 > 3 > 1"], ["cyd", "2", "2,1,3"], ["dan", "1", "2 1 3"], ["eve", "", "2 > x"], ["fay", "", "2 > 1"]];
        var text = CsvFile.Line(rows[0]) + string.Concat(filled.Select(cells => CsvFile.Line([.. rows[1][..5], .. cells, "", "", "", ""])));
        var report = await ImportAsync(store, _folder.Write("filled.csv", text), ExchangeFormat.Csv);
        report.Saved.ShouldBe(2);
        report.Problems.Select(problem => (problem.Kind, problem.Where.Split(':')[^1])).ShouldBe([(ImportProblemKind.Invalid, "5"), (ImportProblemKind.Invalid, "4"), (ImportProblemKind.Invalid, "6")]);

        var order = ShownTask.Of(tasks, Project.Seed).Single().Order;
        var votes = (await store.VotesAsync()).ToDictionary(one => one.Annotator);
        votes["bob"].ShouldBe(vote);
        votes["ada"].Ranking.ShouldBe([order[1], order[2], order[0]]);
        votes["ada"].Choice.ShouldBe(Verdict.Of(order[1]));
        votes["cyd"].Ranking.ShouldBe([order[1], order[0], order[2]]);
    }

    [Fact]
    public void KWay_GoesOut_WithEveryAnswer()
    {
        LabelTask[] tasks = [Made.Task("k", candidates: 4)];
        var files = TaskExport.Write(ExchangeFormat.LabelStudio, _folder.Path, Project, tasks);
        var config = System.Xml.Linq.XDocument.Parse(File.ReadAllText(files[1]));
        config.Descendants("Bucket").Single().Parent!.Attribute("toName")!.Value.ShouldBe(config.Descendants("List").Single().Attribute("name")!.Value);
        config.Descendants("Choice").Select(choice => choice.Attribute("value")!.Value).ShouldBe(["answer1", "answer2", "answer3", "answer4", "tie", "both_bad"]);
        config.Descendants("Pairwise").ShouldBeEmpty();
        JsonNode.Parse(File.ReadAllText(files[0]))![0]!["data"]!["answers"]!.AsArray().Select(item => item!["id"]!.GetValue<string>()).ShouldBe(["answer1", "answer2", "answer3", "answer4"]);
        var argilla = TaskExport.Write(ExchangeFormat.Argilla, _folder.Path, Project, tasks);
        File.ReadAllText(argilla[0]).ShouldContain("response_d");
        var questions = JsonNode.Parse(File.ReadAllText(argilla[1]))!["questions"]!.AsArray();
        questions.Select(question => question!["settings"]!["type"]!.GetValue<string>()).ShouldBe(["label_selection", "ranking", "rating", "text"]);
        questions[1]!["settings"]!["options"]!.AsArray().Count.ShouldBe(4);
    }

    [Fact]
    public async Task LabelStudiosRanker_IsARanking_WhereItIsWhole()
    {
        LabelTask[] tasks = [.. Enumerable.Range(0, 5).Select(i => Made.Task($"k{i}", candidates: 3))];
        await using var store = FolderLabelStore.Create(_folder.File("ranked"), Project);
        await store.AddTasksAsync(tasks);
        var file = JsonNode.Parse(await File.ReadAllTextAsync(TaskExport.Write(ExchangeFormat.LabelStudio, _folder.Path, Project, tasks)[0]))!.AsArray();
        (string? Verdict, string Ranker)[] given =
        [
            ("answer2", """{"ranked": ["answer2", "answer1", "answer3"]}"""),
            (null, """{"ranked": ["answer3", "answer1", "answer2"], "_": []}"""),
            ("answer1", """{"ranked": ["answer1", "answer2"], "_": ["answer3"]}"""),
            ("answer1", """{"ranked": ["answer2", "answer1", "answer3"]}"""),
            ("tie", """{"ranked": [], "_": ["answer1", "answer2", "answer3"]}"""),
        ];
        foreach (var (i, (verdict, ranker)) in given.Index())
        {
            var choices = new JsonObject { ["type"] = "choices", ["value"] = new JsonObject { ["choices"] = new JsonArray(verdict) } };
            file[i]!["annotations"] = new JsonArray(new JsonObject
            {
                ["id"] = i,
                ["completed_by"] = 7,
                ["created_at"] = "2026-03-01T12:00:00Z",
                ["result"] = new JsonArray([new JsonObject { ["type"] = "ranker", ["value"] = new JsonObject { ["ranker"] = JsonNode.Parse(ranker) } }, .. verdict is null ? (JsonNode[])[] : [choices]]),
            });
        }

        var report = await ImportAsync(store, _folder.Write("back.json", file.ToJsonString()), ExchangeFormat.LabelStudio);
        report.Saved.ShouldBe(5);
        report.Problems.Select(problem => problem.Kind).ShouldBe([ImportProblemKind.LostRanking, ImportProblemKind.LostRanking]);
        var shown = ShownTask.Of(tasks, Project.Seed).Select(task => task.Order).ToList();
        var votes = (await store.VotesAsync()).OrderBy(vote => vote.Task).ToList();
        votes[0].Ranking.ShouldBe([shown[0][1], shown[0][0], shown[0][2]]);
        votes[1].Ranking.ShouldBe([shown[1][2], shown[1][0], shown[1][1]]);
        votes.Skip(2).ShouldAllBe(vote => vote.Ranking == null);
        (votes[2].Choice, votes[4].Choice).ShouldBe((Verdict.Of(shown[2][0]), Verdict.Tie));
    }

    [Fact]
    public async Task ArgillasRanking_IsTaken_WhereItHasRanksWithoutTies()
    {
        LabelTask[] tasks = [.. Enumerable.Range(0, 4).Select(i => Made.Task($"k{i}", candidates: 3))];
        await using var store = FolderLabelStore.Create(_folder.File("ranked"), Project);
        await store.AddTasksAsync(tasks);
        var records = JsonNode.Parse(await File.ReadAllTextAsync(TaskExport.Write(ExchangeFormat.Argilla, _folder.Path, Project, tasks)[0]))!.AsArray();
        string[] rankings =
        [
            """[{"value": "response_a", "rank": 2}, {"value": "response_b", "rank": 1}, {"value": "response_c", "rank": 3}]""",
            """[{"value": "response_a", "rank": 2}, {"value": "response_b", "rank": 1}, {"value": "response_c", "rank": 2}]""",
            """["response_a", "response_b", "response_c"]""",
            """[{"value": "response_a", "rank": 1}, {"value": "response_b", "rank": 2}, {"value": "response_c", "rank": 3}]""",
        ];
        foreach (var (i, ranking) in rankings.Index())
        {
            records[i]!["responses"] = JsonNode.Parse($$"""{"preference": [{"value": "response_b", "user_id": "ada"}], "ranking": [{"value": {{ranking}}, "user_id": "ada"}]}""");
        }

        var report = await ImportAsync(store, _folder.Write("back.json", records.ToJsonString()), ExchangeFormat.Argilla);
        report.Saved.ShouldBe(4);
        report.Problems.Select(problem => (problem.Kind, problem.Message.Split(';')[0])).ShouldBe(
        [
            (ImportProblemKind.LostRanking, "the ranking has ties"), (ImportProblemKind.LostRanking, "the ranking has no ranks (Argilla's SDK leaves them out)"),
            (ImportProblemKind.LostRanking, "the ranking begins with another answer than the choice"),
        ]);
        var order = ShownTask.Of(tasks, Project.Seed)[0].Order;
        (await store.VotesAsync()).Single(vote => vote.Ranking is not null).Ranking.ShouldBe([order[1], order[0], order[2]]);
    }
}
