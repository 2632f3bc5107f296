using System.Text.Json.Nodes;
using Alignment.Data.Formats;
using Alignment.Data.Rows;
using QuickstartData;

namespace Alignment.Data.Tests.Quickstart;

public sealed class DataSetTests
{
    [Fact]
    public void Write_SeedOfTheCommittedFiles_GivesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        DataSet.Write(folder.Path);
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(QuickstartFiles.Names);
        foreach (string name in QuickstartFiles.Names)
        {
            File.ReadAllBytes(Path.Combine(folder.Path, name)).SequenceEqual(File.ReadAllBytes(Path.Combine(QuickstartFiles.Folder, name)))
                .ShouldBeTrue($"{name} is not what the generator makes; run it again as data/quickstart/README.md says");
        }
    }

    [Fact]
    public void Write_AnotherSeed_GivesAnotherWorld()
    {
        using var folder = new TemporaryFolder();
        DataSet.Write(folder.Path, seed: 3);
        File.ReadAllText(Path.Combine(folder.Path, "eval_prompts.jsonl"))
            .ShouldNotBe(File.ReadAllText(Path.Combine(QuickstartFiles.Folder, "eval_prompts.jsonl")));
    }

    [Fact]
    public void WriteLists_SameSeed_GivesTheCommittedFilesWithTheStatedNoise()
    {
        using var folder = new TemporaryFolder();
        DataSet.WriteLists(folder.Path);
        string committed = Path.Combine(QuickstartFiles.Folder, "..", "rankings");
        foreach (var (name, count) in new[] { ("rankings.jsonl", 300), ("rankings_eval.jsonl", 120) })
        {
            File.ReadAllBytes(Path.Combine(folder.Path, name)).SequenceEqual(File.ReadAllBytes(Path.Combine(committed, name))).ShouldBeTrue(name);
            var rows = new RowReader(RowTypes.Ranked).Read(Path.Combine(committed, name)).Cast<RankedRow>().ToList();
            rows.Count.ShouldBe(count);
            rows.ShouldAllBe(row => row.Responses.Count == DataSet.ListLength && row.Responses.Select(response => response.Content).Distinct().Count() == DataSet.ListLength);
            double[] errors = [.. rows.SelectMany(row => row.Columns["completions"]!.AsArray().Select(one => (double)one!["overall_score"]! - (double)one["gold"]!))];
            errors.ShouldAllBe(error => error == 0 || Math.Abs(error) == 0.5);
            (errors.Count(error => error != 0) / (double)errors.Length).ShouldBe(DataSet.MisratedShare, 0.04);
        }
    }

    [Fact]
    public void Folder_Size_IsAtMostOneMegabyte() =>
        Directory.EnumerateFiles(QuickstartFiles.Folder, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length)
            .ShouldBeLessThanOrEqualTo(1_000_000);

    [Theory]
    [InlineData("corpus.jsonl", RowTypes.Text, 2130)]
    [InlineData("sft.jsonl", RowTypes.PromptCompletion, 1200)]
    [InlineData("preferences.jsonl", RowTypes.Preference, 900)]
    [InlineData("preferences_eval.jsonl", RowTypes.Preference, 340)]
    [InlineData("prompts.jsonl", RowTypes.Prompt, 300)]
    [InlineData("dev_prompts.jsonl", RowTypes.Prompt, 80)]
    [InlineData("eval_prompts.jsonl", RowTypes.Prompt, 300)]
    [InlineData("heldout_cluster.jsonl", RowTypes.Prompt, 180)]
    public void File_Rows_AreReadAsTheirType(string name, RowTypes type, int count) =>
        new RowReader(type).Read(Path.Combine(QuickstartFiles.Folder, name)).Count().ShouldBe(count);

    [Fact]
    public void Sft_TasksClustersAndTemplates_AreAsManyAsPromised()
    {
        JsonObject[] rows = QuickstartFiles.Read("sft.jsonl");
        JsonObject[] heldOut = QuickstartFiles.Read("heldout_cluster.jsonl");
        rows.Select(row => row.Text("task")).Distinct().Count().ShouldBe(12);
        rows.Select(row => row.Text("cluster")).Distinct().Count().ShouldBe(6);
        heldOut.Select(row => row.Text("task")).Distinct().Count().ShouldBe(3);
        foreach (var task in rows.Concat(heldOut).GroupBy(row => row.Text("task")))
        {
            task.Select(row => row["template"]!.GetValue<int>()).Distinct().Count().ShouldBe(10, task.Key);
        }
    }

    [Fact]
    public void HeldOutCluster_IsInNoOtherFile()
    {
        foreach (string name in QuickstartFiles.Names.Except(["heldout_cluster.jsonl", "corpus.jsonl"]))
        {
            QuickstartFiles.Read(name).ShouldAllBe(row => row.Text("cluster") != Choosing.Cluster, name);
        }

        string corpus = File.ReadAllText(Path.Combine(QuickstartFiles.Folder, "corpus.jsonl"));
        QuickstartFiles.Read("heldout_cluster.jsonl").ShouldAllBe(row => row.Text("cluster") == Choosing.Cluster && !corpus.Contains(row.Text("prompt")));
    }

    [Fact]
    public void HeldOutCluster_Choices_OneNamesTheAnswerAndHalfStandFirst()
    {
        JsonObject[] rows = QuickstartFiles.Read("heldout_cluster.jsonl");
        foreach (JsonObject row in rows)
        {
            string[] choices = [.. row["choices"]!.AsArray().Select(choice => choice!.GetValue<string>())];
            choices.Length.ShouldBe(2);
            int right = row["choice"]!.GetValue<int>();
            choices[right].ShouldContain(row.Text("answer"), Case.Insensitive);
            choices[1 - right].ShouldNotContain(row.Text("answer"), Case.Insensitive);
        }

        rows.Count(row => row["choice"]!.GetValue<int>() == 0).ShouldBe(rows.Length / 2);
    }

    [Fact]
    public void Splits_Prompts_HaveNothingInCommon()
    {
        string[] Prompts(params string[] files) => [.. files.SelectMany(QuickstartFiles.Read).Select(row => row.Text("prompt")).Distinct()];
        string[] train = Prompts("sft.jsonl", "preferences.jsonl", "prompts.jsonl");
        string[] dev = Prompts("dev_prompts.jsonl");
        string[] eval = Prompts("eval_prompts.jsonl", "preferences_eval.jsonl");
        train.ShouldAllBe(prompt => QuickstartFiles.Questions[Split.Train].ContainsKey(prompt));
        train.Intersect(dev).ShouldBeEmpty();
        train.Intersect(eval).ShouldBeEmpty();
        dev.Intersect(eval).ShouldBeEmpty();
        string corpus = File.ReadAllText(Path.Combine(QuickstartFiles.Folder, "corpus.jsonl"));
        dev.Concat(eval).Where(corpus.Contains).ShouldBeEmpty();
    }
}
