using System.Text.Json.Nodes;
using Alignment.Data.Tests.Quickstart;
using FlanData;

namespace Alignment.Data.Tests.Flan;

public sealed class TaskDataTests
{
    private static readonly string Folder = Path.Combine(QuickstartFiles.Folder, "..", "flan");

    [Fact]
    public void Write_SeedOfTheCommittedFiles_GivesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        TaskData.Write(folder.Path);

        var names = Directory.GetFiles(folder.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal).ToList();
        Directory.GetFiles(Folder, "*.jsonl").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal).ShouldBe(names);
        foreach (var name in names)
        {
            File.ReadAllBytes(Path.Combine(folder.Path, name)).SequenceEqual(File.ReadAllBytes(Path.Combine(Folder, name)))
                .ShouldBeTrue($"{name} is not what the generator makes; run it again as data/flan/README.md says");
        }
    }

    [Theory]
    [InlineData("choose_home", 48)]
    [InlineData("choose_river", 16)]
    [InlineData("match_food", 48)]
    public void TwoOptions_RightOne_StandsFirstInHalfOfTheRows(string name, int count)
    {
        var rows = Read(name);
        rows.Length.ShouldBe(count);
        rows.Count(row => row["value"]!.ToString() == row["a"]!.ToString()).ShouldBe(count / 2);
        rows.ShouldAllBe(row => row["a"]!.ToString() != row["b"]!.ToString() && (row["value"]!.ToString() == row["a"]!.ToString() || row["value"]!.ToString() == row["b"]!.ToString()));
    }

    [Theory]
    [InlineData("check_home")]
    [InlineData("kinds")]
    public void YesAndNo_AreEquallyFrequent(string name)
    {
        var rows = Read(name);
        rows.Count(row => row["truth"]!.ToString() == "yes").ShouldBe(rows.Length / 2);
    }

    private static JsonObject[] Read(string name) => [.. File.ReadLines(Path.Combine(Folder, name + ".jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())];
}
