namespace Alignment.Architecture.Tests;

/// <summary>The table of docs/architecture.md: which project may reference which.</summary>
public class ProjectGraphTests
{
    private const string Torch = "torch";
    private const string Tokenizers = "tokenizers";

    private static readonly string[] Libraries = ["Alignment.Core", "Alignment.Objectives", "Alignment.Data", "Alignment.Training", Torch, Tokenizers];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["TorchSharp"] = [],
        ["Microsoft.ML.Tokenizers"] = [],
        ["Alignment.Core"] = [Torch, Tokenizers],
        ["Alignment.Objectives"] = [Torch],
        ["Alignment.Data"] = [Tokenizers],
        ["Alignment.Training"] = ["Alignment.Core", Torch],
        ["Alignment.Rollouts"] = Libraries,
        ["Alignment.Sft"] = Libraries,
        ["Alignment.RewardModel"] = Libraries,
        ["Alignment.Dpo"] = Libraries,
        ["Alignment.Ppo"] = [.. Libraries, "Alignment.Rollouts"],
        ["Alignment.Grpo"] = [.. Libraries, "Alignment.Rollouts"],
        ["Alignment.OnlineDpo"] = [.. Libraries, "Alignment.Rollouts"],
        ["Alignment.Sampling"] = [.. Libraries, "Alignment.Rollouts"],
        ["Alignment.Evaluation"] = Libraries,
        ["Alignment.Labeling"] = Libraries,
        ["Alignment.Cli"] = [.. Libraries, "Alignment.Rollouts", "Alignment.Labeling", "Alignment.Sft", "Alignment.RewardModel", "Alignment.Dpo", "Alignment.Ppo", "Alignment.Grpo", "Alignment.OnlineDpo", "Alignment.Sampling", "Alignment.Evaluation"],
        ["Alignment.Benchmarks"] = Libraries,
    };

    public static TheoryData<string> Projects => [.. Repository.Projects().Select(project => project.Name)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_OnlyWhatTheTableAllows(string name)
    {
        Allowed.ShouldContainKey(name, $"{name} is not in the table; add it here and in docs/architecture.md");
        var project = Repository.Projects().Single(p => p.Name == name).File;
        var edges = Repository.ProjectReferences(project).ToList();
        if (project.Descendants("UsesTorch").Any())
        {
            edges.Add(Torch);
        }

        if (project.Descendants("UsesTokenizers").Any())
        {
            edges.Add(Tokenizers);
        }

        edges.Except(Allowed[name]).ShouldBeEmpty($"{name} may not reference these");
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_IsNamedInTheArchitecturePage(string name) =>
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md")).ShouldContain($"`{name}`");

    [Fact]
    public void Solution_ListsEveryProject()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Alignment.sln"));
        var missing = Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}artifacts{Path.DirectorySeparatorChar}"))
            .Select(path => Path.GetFileName(path))
            .Where(file => !solution.Contains(file));
        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Packages_VersionsStandInOnePlace()
    {
        var withVersion = Repository.Projects()
            .Where(project => project.File.Descendants("PackageReference").Any(e => e.Attribute("Version") is not null))
            .Select(project => project.Name);
        withVersion.ShouldBeEmpty();
    }
}
