using System.Text.Json.Nodes;

namespace Alignment.Cli.Tests;

public sealed class BenchCommandTests
{
    private const string Tiny = """
        { "model_type": "llama", "vocab_size": 40, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24 }
        """;

    [Theory]
    [InlineData("sft", 2 * 12)]
    [InlineData("dpo", 4 * 12)]
    [InlineData("reward", 4 * 12)]
    [InlineData("grpo", 6 * 12)]
    [InlineData("logprobs", 2 * 12)]
    public void Bench_OfATinyShape_PrintsTheFieldsOfTheBaseline(string workload, int tokens)
    {
        var (code, output, error) = Cli.Run(
            "bench", workload, "--shape", Tiny, "--batch", "2", "--length", "12", "--prompt-length", "4", "--group", "3", "--ragged", "--dtype", "bf16", "--reps", "2", "--warmup", "0", "--json");

        code.ShouldBe(0, error);
        var line = JsonNode.Parse(output)!.AsObject();
        line["tokens"]!.GetValue<long>().ShouldBe(tokens);
        line["dtype"]!.GetValue<string>().ShouldBe("bf16");
        line["reps"]!.GetValue<int>().ShouldBe(2);
        line["native_calls_median"]!.GetValue<long>().ShouldBeGreaterThan(10);
        foreach (var field in (string[])["ms_median", "tokens_per_s", "peak_rss_mb", "gemm_peak_gflops"])
        {
            line[field]!.GetValue<double>().ShouldBeGreaterThan(0, field);
        }
    }

    [Fact]
    public void Profile_NamesThePartsOfAStep()
    {
        var (code, output, error) = Cli.Run("bench", "sft", "--shape", Tiny, "--batch", "1", "--length", "8", "--reps", "1", "--profile");

        code.ShouldBe(0, error);
        foreach (var phase in (string[])["embedding", "attention", "feed-forward", "head and loss", "backward", "optimizer"])
        {
            output.ShouldContain($"\n{phase}");
        }
    }

    [Fact]
    public void Shape_OfNoName_IsRefusedWithTheNames()
    {
        var (code, _, error) = Cli.Run("bench", "sft", "--shape", "llama-59m");

        code.ShouldBe(2);
        error.ShouldContain("llama-58m, gpt2-124m");
    }
}
