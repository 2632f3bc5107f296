using System.Text.Json.Nodes;

namespace Alignment.Cli.Tests;

/// <summary><c>alignment inspect</c> as users start it.</summary>
public sealed class InspectCommandTests : IDisposable
{
    private static readonly string Model = Path.Combine(AppContext.BaseDirectory, "Fixtures", "stories260K");

    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Inspect_AModel_ShowsWhatItHolds()
    {
        var (code, output, error) = Cli.Run("inspect", Model);

        error.ShouldBeEmpty();
        code.ShouldBe(0);
        output.ShouldContain("  architecture          LlamaForCausalLM\n");
        output.ShouldContain("  parameters            260,032\n");
        output.ShouldContain("  for                   8 sequences of 512 tokens");
        output.ShouldContain("  qlora bytes           ");
        output.ShouldEndWith("\nloads, and can be trained\n");
    }

    [Fact]
    public void Inspect_WhatDoesNotLoad_SaysEveryReason()
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), """{"model_type": "mamba"}""");
        File.WriteAllText(Path.Combine(_folder, "pytorch_model.bin"), "PK");

        var (code, output, _) = Cli.Run("inspect", _folder, "--json");

        code.ShouldBe(2);
        var report = JsonNode.Parse(output)!;
        report["loads"]!.GetValue<bool>().ShouldBeFalse();
        var problems = string.Join('\n', report["problems"]!.AsArray().Select(problem => problem!.GetValue<string>()));
        problems.ShouldContain("the architecture 'mamba' is not supported");
        problems.ShouldContain("'pytorch_model.bin' is a pickle");
    }

    [Fact]
    public void Inspect_NoFolder_Gives3()
    {
        var (code, _, error) = Cli.Run("inspect", Path.Combine(_folder, "nowhere"));

        code.ShouldBe(3);
        error.ShouldContain("There is no model folder");
    }
}
