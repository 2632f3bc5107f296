using System.Text.Json.Nodes;

namespace Alignment.Cli.Tests;

/// <summary><c>alignment objectives</c> as users start it.</summary>
public sealed class ObjectivesCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("trl-losses.json")]
    [InlineData("trl-objectives.json")]
    [InlineData("trl-layouts.json")]
    public void Eval_RecordsOfTrl_AgreeToNineDigits(string file)
    {
        var (code, output, error) = Cli.Run("objectives", "eval", "--in", Path.Combine(Cli.Root, "tests", "Alignment.Objectives.Tests", "Fixtures", file), "--check");

        error.ShouldBeEmpty(output);
        code.ShouldBe(0);
        output.ShouldNotContain("not compared");
        output.Split('\n').Length.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Eval_OneRecord_PrintsLossRowsAndGradients()
    {
        // h = 2: beta h = 1, softplus(-1) = 0.3132617; the slope is -beta sigma(-1) = -0.5 * 0.2689414.
        var (code, output, error) = Eval("sigmoid", """{"inputs": {"policy_chosen_logps": [-1], "policy_rejected_logps": [-3], "note": "one pair"}, "config": {"reference_free": true, "beta": 0.5}}""");

        error.ShouldBeEmpty();
        code.ShouldBe(0);
        var result = JsonNode.Parse(output)!;
        result["loss"]!.GetValue<double>().ShouldBe(0.3132617, 1e-7);
        result["losses"]!.AsArray().Count.ShouldBe(1);
        result["gradients"]!["policy_chosen_logps"]![0]!.GetValue<double>().ShouldBe(-0.1344707, 1e-7);
        result["metrics"]!["rewards/margins"]!.GetValue<double>().ShouldBe(1);
        result["options"]!["label_smoothing"]!.GetValue<double>().ShouldBe(0);
    }

    [Fact]
    public void Eval_ArraysAndOptionsBesideEachOther_WithNumbersThatJsonLacks()
    {
        var (code, output, _) = Eval("group_advantages", """{"rewards": [1, NaN, 3, 2], "num_generations": 2, "scale_rewards": "none"}""");

        code.ShouldBe(0);
        JsonNode.Parse(output)!["advantages"]!.AsArray().Select(value => value!.GetValue<double>()).ShouldBe([0, 0, 0.5, -0.5]);
    }

    [Theory]
    [InlineData("dpoo", "{}", "--name dpoo: there is no such objective; there are dpo, sigmoid, ")]
    [InlineData("dpo", """{"inputs": {"logitz": [1]}}""", "dpo: dpo knows no input 'logitz'; inputs are logits, ")]
    [InlineData("dpo", """{"inputs": {"chosen_logps": [1]}, "config": {"betta": 1}}""", "dpo: dpo knows no option 'betta'; options are loss_types, ")]
    [InlineData("dpo", """{"inputs": {"chosen_logps": [[1], [1, 2]]}}""", "input 'chosen_logps' is ragged")]
    [InlineData("kto", """{"inputs": {"logps": [-1], "ref_logps": [-1], "label": [1]}}""", "kto needs z: give kl, or ")]
    [InlineData("dpo", "{", "not JSON")]
    public void Eval_WhatDoesNotFit_SaysWhatWould(string name, string json, string message)
    {
        var (code, _, error) = Eval(name, json);

        code.ShouldBe(2);
        error.ShouldContain(message);
    }

    [Fact]
    public void Eval_ArraysOfAnotherProgram_AreToldAndNotRead()
    {
        var (code, output, error) = Eval("grpo", """{"inputs": {"per_token_logps": [[-1, -2]], "advantages": [1], "prompt_ids": [[3, 4]]}, "config": {"use_vllm": false}}""");

        code.ShouldBe(0, error);
        error.ShouldContain("grpo does not read prompt_ids, use_vllm");
        JsonNode.Parse(output)!["not_read"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldBe(["prompt_ids", "use_vllm"]);
    }

    [Fact]
    public void List_Json_HasNamesFormulasAndDefaults()
    {
        var (code, output, _) = Cli.Run("objectives", "list", "--json");

        code.ShouldBe(0);
        var all = JsonNode.Parse(output)!.AsArray();
        all.Select(item => item!["name"]!.GetValue<string>()).ShouldContain("exo_pair");
        var grpo = all.Single(item => item!["name"]!.GetValue<string>() == "grpo")!;
        grpo["formula"]!.GetValue<string>().ShouldContain("clip");
        grpo["options"]!.AsArray().Single(option => option!["name"]!.GetValue<string>() == "epsilon")!["default"]!.GetValue<double>().ShouldBe(0.2);
    }

    private (int Code, string Output, string Error) Eval(string name, string json)
    {
        var file = Path.Combine(_folder, "case.json");
        File.WriteAllText(file, json);
        return Cli.Run("objectives", "eval", "--name", name, "--in", file);
    }
}
