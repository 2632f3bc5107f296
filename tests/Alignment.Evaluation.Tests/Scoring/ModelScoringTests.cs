using System.Text;
using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Data;
using Alignment.Evaluation.Scoring;
using TorchSharp;

namespace Alignment.Evaluation.Tests.Scoring;

/// <summary>Numbers that transformers computed for a random Llama; see Fixtures/README.md of the Core tests.</summary>
public sealed class ModelScoringTests : IDisposable
{
    private static readonly string Llama = Path.Combine(AppContext.BaseDirectory, "Fixtures", "llama-tiny");
    private static readonly string Stories = Path.Combine(AppContext.BaseDirectory, "Fixtures", "stories260K");
    private static readonly JsonNode Cases = JsonNode.Parse(File.ReadAllText(Path.Combine(Llama, "golden.json")))!["cases"]!;

    private readonly string _folder = Directory.CreateTempSubdirectory("alignment-score-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("plain")]
    [InlineData("right_padded")]
    [InlineData("left_padded")]
    public void Run_Batch_GivesTheLogProbsAndLogitsOfTransformers(string name)
    {
        var golden = Cases[name]!;
        var mask = golden["attention_mask"]?.AsArray();

        var line = Score(Llama, Row(golden), settings => settings with { Logits = true });

        using var file = SafetensorsFile.Open(Path.Combine(Llama, "golden.safetensors"));
        var logits = file.Load(name + ".logits"); // [B, T, V]
        var expected = golden["next_token_logprobs"]!.AsArray();
        for (var row = 0; row < expected.Count; row++)
        {
            var sum = 0.0;
            for (var place = 0; place < expected[row]!.AsArray().Count; place++)
            {
                var found = line["logprobs"]![row]![place];
                if (!IsReal(row, place) || !IsReal(row, place + 1))
                {
                    found.ShouldBeNull();
                    continue;
                }

                found!.GetValue<double>().ShouldBe(expected[row]![place]!.GetValue<double>(), 1e-4);
                line["logits"]![row]![place]![7]!.GetValue<float>().ShouldBe(logits[row, place, 7].ToSingle(), 1e-4f);
                sum += found.GetValue<double>();
            }

            line["sum"]![row]!.GetValue<double>().ShouldBe(sum, 1e-4);
        }

        bool IsReal(int row, int place) => mask is null || mask[row]![place]!.GetValue<int>() == 1;
    }

    [Fact]
    public void Run_LossAndGradNorms_AreThoseOfTransformers()
    {
        var golden = Cases["loss"]!;

        var line = Score(Llama, Row(golden), settings => settings with { Loss = true, GradNorms = true });

        line["loss"]!.GetValue<double>().ShouldBe(golden["loss"]!.GetValue<double>(), 1e-5);
        var norms = golden["grad_l2_norm"]!.AsObject();
        line["grad_norms"]!.AsObject().Select(item => item.Key).ShouldBe(norms.Select(item => item.Key), ignoreOrder: true);
        foreach (var (name, norm) in norms)
        {
            line["grad_norms"]![name]!.GetValue<double>().ShouldBe(norm!.GetValue<double>(), 1e-4, name);
        }
    }

    [Fact]
    public void Run_LossWithoutLabels_IsOverTheRealTokensAndIgnoresPadding()
    {
        var padded = Score(Llama, Row(Cases["left_padded"]!), settings => settings with { Loss = true });

        var logProbs = padded["logprobs"]!.AsArray().SelectMany(list => list!.AsArray()).Where(value => value is not null).Select(value => value!.GetValue<double>()).ToList();
        logProbs.Count.ShouldBe(15 + 10 + 4);
        padded["loss"]!.GetValue<double>().ShouldBe(-logProbs.Average(), 1e-5);
    }

    [Theory]
    [InlineData("[[{0}], [{1}]]", "[[1,1,1,1,1,1,1,1],[1,1,1,0,0,0,0,0]]")]
    [InlineData("[[{0}], [{2}]]", "[[1,1,1,1,1,1,1,1],[0,0,0,0,0,1,1,1]]")]
    public void Run_Greedy_ContinuesTheRealTokensWhateverThePadding(string ids, string mask)
    {
        var golden = Cases["greedy"]!;
        var prompt = string.Join(',', golden["prompt"]!.AsArray());
        var single = Score(Llama, $$"""{"input_ids": [{{prompt}}]}""", settings => settings with { Greedy = 16 });
        var alone = Score(Llama, """{"input_ids": [9, 8, 7]}""", settings => settings with { Greedy = 16 });

        var batch = Score(Llama, $$"""{"input_ids": {{string.Format(ids, prompt, "9,8,7,0,0,0,0,0", "0,0,0,0,0,9,8,7")}}, "attention_mask": {{mask}}}""", settings => settings with { Greedy = 16 });

        single["greedy"]!.ToJsonString().ShouldBe(golden["continuation"]!.ToJsonString());
        batch["greedy"]![0]!.ToJsonString().ShouldBe(golden["continuation"]!.ToJsonString());
        batch["greedy"]![1]!.ToJsonString().ShouldBe(alone["greedy"]!.ToJsonString());
    }

    [Fact]
    public void Run_SequencesOfDifferentLengths_ScoreAsIfAlone()
    {
        var batch = Score(Llama, """{"input_ids": [[9, 8, 7], [5, 6]]}""", settings => settings);
        var alone = Score(Llama, """{"input_ids": [5, 6]}""", settings => settings);

        batch["logprobs"]![1]![0]!.GetValue<float>().ShouldBe(alone["logprobs"]![0]!.GetValue<float>(), 1e-5f);
        batch["logprobs"]![1]![1].ShouldBeNull();
        alone["sum"]!.GetValue<double>().ShouldBe(alone["logprobs"]![0]!.GetValue<float>(), 1e-9);
    }

    [Fact]
    public void Run_PromptAndCompletion_CountsTheCompletion()
    {
        var line = Score(Stories, """{"prompt": "Once upon", "completion": " a time"}""", settings => settings with { Loss = true });

        var ids = line["input_ids"]!.AsArray();
        var logProbs = line["logprobs"]!.AsArray().Select(value => value!.GetValue<double>()).ToList();
        logProbs.Count.ShouldBe(ids.Count - 1);
        ids[^1]!.GetValue<int>().ShouldBe(2); // the EOS that ends a completion
        var counted = line["completion_sum"]!.GetValue<double>();
        counted.ShouldBeGreaterThan(line["sum"]!.GetValue<double>());
        var tokens = Enumerable.Range(1, logProbs.Count).Single(count => Math.Abs(logProbs.TakeLast(count).Sum() - counted) < 1e-4);
        line["loss"]!.GetValue<double>().ShouldBe(-counted / tokens, 1e-5);
    }

    [Fact]
    public void Run_OneToken_HasNothingToPredict()
    {
        var line = Score(Llama, """{"input_ids": [5]}""", settings => settings with { Loss = true });

        line.ToJsonString().ShouldContain("\"logprobs\":[],\"sum\":0,\"loss\":null");
    }

    [Fact]
    public void Run_TheSameRowsTwice_GivesTheSameBytes()
    {
        var row = Row(Cases["loss"]!);
        var first = Score(Llama, row, settings => settings with { Loss = true, GradNorms = true });
        Score(Llama, row, settings => settings with { Loss = true, GradNorms = true }).ToJsonString().ShouldBe(first.ToJsonString());
    }

    [Fact]
    public void Run_ABadRowAmongGoodOnes_WritesNothing()
    {
        var path = Path.Combine(_folder, "rows.jsonl");
        File.WriteAllText(path, "{\"input_ids\": [1, 2]}\n{\"input_ids\": [1, 173]}\n");
        using var output = new MemoryStream();

        Should.Throw<DataFormatException>(() => ModelScoring.Run(new ScoreSettings { Model = Llama, Input = path }, output))
            .Message.ShouldBe($"{path}:2: 'input_ids' holds 173; the model takes 0 to 172");
        output.Length.ShouldBe(0);
    }

    private static string Row(JsonNode golden) => new JsonObject(
        new[] { "input_ids", "attention_mask", "position_ids", "labels" }.Where(key => golden[key] is not null).Select(key => KeyValuePair.Create(key, (JsonNode?)golden[key]!.DeepClone()))).ToJsonString();

    private JsonObject Score(string model, string row, Func<ScoreSettings, ScoreSettings> with)
    {
        var path = Path.Combine(_folder, "rows.jsonl");
        File.WriteAllText(path, row.ReplaceLineEndings("") + "\n");
        using var output = new MemoryStream();
        ModelScoring.Run(with(new ScoreSettings { Model = model, Input = path }), output);
        return JsonNode.Parse(Encoding.UTF8.GetString(output.ToArray()))!.AsObject();
    }
}
