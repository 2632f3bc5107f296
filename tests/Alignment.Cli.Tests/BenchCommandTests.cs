using System.Text.Json.Nodes;
using System.Xml.Linq;
using Alignment.Core.Memory;

namespace Alignment.Cli.Tests;

public sealed class BenchCommandTests
{
    // 40 · 16 twice, two layers of 4 · 16² + 3 · 16 · 24 and two norms, one norm.
    private const int Parameters = (2 * 40 * 16) + (2 * ((4 * 16 * 16) + (3 * 16 * 24) + 32)) + 16;

    private const string Tiny = """
        { "model_type": "llama", "vocab_size": 40, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24 }
        """;

    [Theory]
    [InlineData("sft", 2 * 12, "")]
    [InlineData("dpo", 4 * 12, "--prompt-length 4 --ragged")]
    [InlineData("reward", 4 * 12, "--prompt-length 4 --ragged")]
    [InlineData("grpo", 6 * 12, "--prompt-length 4 --group 3 --ragged")]
    [InlineData("logprobs", 2 * 12, "--prompt-length 4 --ragged")]
    public void Bench_OfATinyShape_PrintsTheFieldsOfTheBaseline(string workload, int tokens, string own)
    {
        var (code, output, error) = Cli.Run([
            "bench", workload, "--shape", Tiny, "--batch", "2", "--length", "12", "--dtype", "bf16", "--reps", "2", "--warmup", "0", "--json",
            .. own.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

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

        if (workload != "logprobs")
        {
            line["trained_parameters"]!.GetValue<long>().ShouldBe(workload == "reward" ? Parameters - (40 * 16) + 16 : Parameters);
            line["estimated_mb"]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(MemoryEstimate.Runtime >> 20); // the program itself
        }
    }

    [Theory]
    [InlineData("sft", "gpt2")]
    [InlineData("dpo", "llama")]
    public void Step_AllocatesByLayersAndNotByTokens(string workload, string family)
    {
        const int layers = 12;
        var shape = family == "gpt2"
            ? $$"""{ "model_type": "gpt2", "vocab_size": 40, "n_embd": 32, "n_layer": {{layers}}, "n_head": 2 }"""
            : $$"""{ "model_type": "llama", "vocab_size": 40, "hidden_size": 32, "num_hidden_layers": {{layers}}, "num_attention_heads": 2, "intermediate_size": 48 }""";

        var (code, output, error) = Cli.Run("bench", workload, "--shape", shape, "--batch", "4", "--length", "160", "--dtype", "bf16", "--reps", "5", "--warmup", "3", "--json");

        code.ShouldBe(0, error);
        JsonNode.Parse(output)!["managed_bytes_median"]!.GetValue<long>().ShouldBeLessThan(100_000); // 6 to 7 KB a layer, and 2 to 5 besides
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("--ragged", true)]
    [InlineData("--new-tokens 1", false)]
    public void Rollout_TellsTheRateOfDecodingByItself(string own, bool decodes)
    {
        var (code, output, error) = Cli.Run([
            "bench", "rollout", "--shape", Tiny, "--batch", "2", "--prompt-length", "4", "--group", "2", "--reps", "1", "--json",
            .. own.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        code.ShouldBe(0, error);
        var line = JsonNode.Parse(output)!.AsObject();
        line.ContainsKey("decode_tokens_per_s").ShouldBe(decodes);
        line.ContainsKey("prefill_ms_median").ShouldBe(decodes);
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
    public void Profile_AsJson_StaysOneObject()
    {
        var (code, output, error) = Cli.Run("bench", "sft", "--shape", Tiny, "--batch", "1", "--length", "8", "--reps", "1", "--profile", "--json");

        code.ShouldBe(0, error);
        JsonNode.Parse(output)!["phases_ms"]!["attention"]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void Shape_OfNoName_IsRefusedWithTheNames()
    {
        var (code, _, error) = Cli.Run("bench", "sft", "--shape", "llama-59m");

        code.ShouldBe(2);
        error.ShouldContain("llama-58m, gpt2-124m");
    }

    [Theory]
    [InlineData("sft --length -5", "--length must be at least 1")]
    [InlineData("sft --length many", "Cannot parse argument 'many' for option '--length' as a whole number.")]
    [InlineData("sft --length 5000", "a row of 5000 tokens is longer than the 4096 positions of --shape")]
    [InlineData("rollout --new-tokens 5000", "a row of 5064 tokens is longer than the 4096 positions of --shape")]
    [InlineData("sft --dtype fp16", "--dtype must be fp32 or bf16, got 'fp16'.")]
    [InlineData("sft --device tpu", "The device 'tpu' is unknown")]
    [InlineData("sft --device cuda --profile", "--profile tells the host's times")]
    [InlineData("sft --ragged", "--ragged")]
    [InlineData("dpo --length 64", "--prompt-length 128 leaves no response in --length 64")]
    [InlineData("grpo --reps 0", "--reps must be at least 1")]
    [InlineData("sft --shape {\"model_type\":", "--shape: not valid JSON")]
    [InlineData("sft --shape {\"model_type\":\"wavenet\"}", "wavenet")]
    [InlineData("logprobs --shape {\"model_type\":\"bert\",\"vocab_size\":40,\"hidden_size\":16,\"num_hidden_layers\":1,\"num_attention_heads\":2,\"intermediate_size\":24}", "give a decoder's")]
    [InlineData("limits --seconds 0", "--seconds must be above 0")]
    [InlineData("tokenize --tokenizer . --in nowhere.txt", "nowhere.txt", 3)]
    [InlineData("scaling --output x --lengths 64 128", "--lengths must be above --part, 128")]
    [InlineData("scaling --output x --lengths 256 8192", "the 4096 positions")]
    [InlineData("scaling --output /tmp --before no-such-program", "--before: 'no-such-program' cannot be started")]
    public void Arguments_ThatCannotBe_AreRefusedWithWhatToDo(string arguments, string told, int expected = 2)
    {
        var (code, output, error) = Cli.Run(["bench", .. arguments.Split(' ')]);

        code.ShouldBe(expected, error);
        output.ShouldBeEmpty();
        error.ShouldContain(told);
        error.ShouldStartWith("error: ");
    }

    [Fact]
    public void Limits_AsJson_NamesRatesWithTheirUnits()
    {
        var (code, output, error) = Cli.Run("bench", "limits", "--seconds", "0.001", "--json");

        code.ShouldBe(0, error);
        var limits = JsonNode.Parse(output)!["limits"]!.AsArray();
        limits.ShouldAllBe(limit => limit!["value"]!.GetValue<double>() > 0);
        limits.Select(limit => limit!["unit"]!.GetValue<string>()).Distinct().ShouldBe(["GFLOP/s", "GB/s"]);
    }

    [Fact]
    public void Scaling_OfATinyShape_WritesTablesAndAPicture()
    {
        var folder = Directory.CreateTempSubdirectory("alignment-scaling-").FullName;
        try
        {
            var (code, output, error) = Cli.Run("bench", "scaling", "--shape", Tiny, "--lengths", "16", "--part", "8", "--reps", "1", "--rounds", "1", "--output", folder);

            code.ShouldBe(0, error);
            output.ShouldContain("scaling.md");
            File.ReadAllText(Path.Combine(folder, "scaling.md")).ShouldContain("| vocabulary | 8 | 8 | 160 | 16 |");
            XDocument.Load(Path.Combine(folder, "scaling.svg")).Root!.Name.LocalName.ShouldBe("svg");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
