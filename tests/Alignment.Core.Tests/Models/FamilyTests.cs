using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

/// <summary>Every family, and every variant of it, against plain formulas computed by Fixtures/families/generate.py.</summary>
public sealed class FamilyTests
{
    private const double Tolerance = 2e-5;

    public static TheoryData<string> Cases => FamilyCase.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_OfPaddedBatches_EqualThePlainFormulas(string name)
    {
        using var family = new FamilyCase(name);
        using var noGrad = no_grad();

        foreach (var left in new[] { false, true })
        {
            var (ids, real) = family.Batch(left);
            var counted = (real.to(ScalarType.Int64).cumsum(1) - 1).masked_fill(real.logical_not(), 1); // as transformers' generate does
            foreach (var positions in new[] { null, counted })
            {
                var logits = family.Model.Logits(family.Model.Hidden(ids, real, positions));
                for (var row = 0; row < family.Sequences.Count; row++)
                {
                    Compare.MaxDifference(logits[row][real[row]], family.Logits[row]).ShouldBeLessThan(Tolerance, $"left: {left}, row {row}");
                }
            }
        }

        // Padding on the right needs no mask, a row alone no padding.
        var unmasked = family.Model.forward(family.Batch(left: false).Ids);
        Compare.MaxDifference(unmasked[1, ..family.Sequences[1].Length], family.Logits[1]).ShouldBeLessThan(Tolerance);
        Compare.MaxDifference(family.Model.forward(tensor(family.Sequences[0]).unsqueeze(0))[0], family.Logits[0]).ShouldBeLessThan(Tolerance);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_AtGivenPositions_EqualThePlainFormulas(string name)
    {
        using var family = new FamilyCase(name);
        using var noGrad = no_grad();
        var golden = family.Golden["positions"]!;

        var hidden = family.Model.Hidden(tensor(FamilyCase.Longs(golden["input_ids"]!)).unsqueeze(0), positions: tensor(FamilyCase.Longs(golden["position_ids"]!)).unsqueeze(0));

        Compare.MaxDifference(family.Model.Logits(hidden)[0], Json.Reals(golden["logits"]!)).ShouldBeLessThan(Tolerance);
    }

    [Theory]
    [InlineData("llama-linear", -1)]
    [InlineData("gpt2-variant", -1)]
    [InlineData("opt", -3)]
    public void Hidden_PositionsBeforeTheFirst_AreForPaddingOnly(string name, long before)
    {
        using var family = new FamilyCase(name);
        using var noGrad = no_grad();
        var (ids, real) = family.Batch(left: true);
        var positions = (real.to(ScalarType.Int64).cumsum(1) - 1).masked_fill(real.logical_not(), before);

        var logits = family.Model.Logits(family.Model.Hidden(ids, real, positions));

        Compare.MaxDifference(logits[2][real[2]], family.Logits[2]).ShouldBeLessThan(Tolerance);
        Should.Throw<ArgumentException>(() => family.Model.Hidden(ids, null, positions)).Message.ShouldContain($"position {before}");
    }

    // A table up to here would take 16 GB.
    [Fact]
    public void Hidden_RotaryPositionFarAway_TakesNoMemoryForThoseBefore()
    {
        using var family = new FamilyCase("llama-linear");
        using var noGrad = no_grad();

        var hidden = family.Model.Hidden(zeros(1, 2, dtype: ScalarType.Int64), positions: tensor(new[] { 0L, 2_000_000_000 }).unsqueeze(0));

        hidden.isfinite().all().ToBoolean().ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void LogProbsLossAndGradientNorms_EqualThePlainFormulas(string name)
    {
        using var family = new FamilyCase(name);
        var golden = family.Golden["loss"]!;
        var ids = FamilyCase.Longs(golden["input_ids"]!);
        var first = golden["first_target"]!.GetValue<int>();

        // All tokens are targets for the log-probs, those from the first on for the loss.
        var batch = Targets(ids, 1);
        Compare.MaxDifference(batch.LogProbs(family.Model), tensor(Reals(family.Golden["sequences"]![0]!["next_token_logprobs"]!))).ShouldBeLessThan(Tolerance);
        var loss = -Targets(ids, first).LogProbs(family.Model).mean();
        loss.backward();

        loss.ToDouble().ShouldBe(golden["loss"]!.GetValue<double>(), Tolerance);
        var norms = golden["grad_l2_norm"]!.AsObject();
        family.Model.named_parameters().Select(item => item.name).ShouldBe(norms.Select(item => item.Key), ignoreOrder: true);
        foreach (var (key, parameter) in family.Model.named_parameters())
        {
            var expected = norms[key]!.GetValue<double>();
            parameter.grad!.norm().ToDouble().ShouldBe(expected, 5 * Tolerance * (1 + expected), key);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Greedy_WithAndWithoutCache_EqualsThePlainFormulas(string name)
    {
        using var family = new FamilyCase(name);
        var golden = family.Golden["greedy"]!;
        var prompt = FamilyCase.Longs(golden["prompt"]!);
        var expected = FamilyCase.Longs(golden["continuation"]!);
        golden["min_top1_top2_margin"]!.GetValue<double>().ShouldBeGreaterThan(1e-3);

        Greedy.Continue(family.Model, prompt, expected.Length, useCache: false).ShouldBe(expected);
        Greedy.Continue(family.Model, prompt, expected.Length, useCache: true).ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Cache_RowsOfDifferentLengths_EqualEachRowAlone(string name)
    {
        using var family = new FamilyCase(name);
        using var noGrad = no_grad();
        int[] lengths = [7, 2, 5];
        var ids = randint(3, 29, [3, 14], dtype: ScalarType.Int64);
        using var cache = family.Model.CreateCache(3, 14);

        var prefill = family.Model.Hidden(ids[.., ..7], cache, lengths);
        for (var row = 0; row < 3; row++)
        {
            Compare.MaxDifference(prefill[row, ..lengths[row]], family.Model.Hidden(ids[row..(row + 1), ..lengths[row]])[0]).ShouldBeLessThan(Tolerance);
        }

        foreach (var (from, count) in new[] { (0, 1), (1, 3), (4, 1), (5, 1), (6, 1) })
        {
            var next = stack([.. lengths.Select((length, row) => ids[row, (length + from)..(length + from + count)])]); // [3, count]
            var hidden = family.Model.Hidden(next, cache);
            for (var row = 0; row < 3; row++)
            {
                var alone = family.Model.Hidden(ids[row..(row + 1), ..(lengths[row] + from + count)])[0];
                Compare.MaxDifference(hidden[row], alone[^count..]).ShouldBeLessThan(Tolerance, $"row {row}, {from + count} more tokens");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void BFloat16_IsCloseToFloat32WithFloat32Gradients(string name)
    {
        using var family = new FamilyCase(name);
        family.Model.ComputeType = ScalarType.BFloat16;
        var batch = Targets(family.Sequences[0], 1);

        var found = batch.LogProbs(family.Model);
        found.mean().backward();

        found.dtype.ShouldBe(ScalarType.Float32);
        (found - tensor(Reals(family.Golden["sequences"]![0]!["next_token_logprobs"]!))).abs().mean().ToDouble().ShouldBeLessThan(0.15);
        family.Model.parameters().ShouldAllBe(parameter => parameter.grad!.dtype == ScalarType.Float32);
        using var noGrad = no_grad();
        using var cache = family.Model.CreateCache(1, 12);
        family.Model.Hidden(batch.Ids[.., ..8], cache);
        family.Model.Hidden(batch.Ids[.., 8..9], cache).dtype.ShouldBe(ScalarType.Float32);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Save_ThenLoadThenSave_GivesTheSameBytesAndKeepsTheConfig(string name)
    {
        using var family = new FamilyCase(name);
        using var folder = new TemporaryFolder();
        ModelFolder.Save(family.Model, folder["first"], new() { Type = ScalarType.BFloat16 });
        using (var read = ModelFolder.LoadCausalLm(folder["first"]))
        {
            ModelFolder.Save(read, folder["second"], new() { Type = ScalarType.BFloat16 });
        }

        foreach (var file in Directory.EnumerateFiles(folder["first"]).Select(Path.GetFileName))
        {
            File.ReadAllBytes(Path.Combine(folder["second"], file!)).ShouldBe(File.ReadAllBytes(Path.Combine(folder["first"], file!)), file);
        }

        File.ReadAllBytes(Path.Combine(folder["first"], "model.safetensors")).ShouldBe(File.ReadAllBytes(Path.Combine(family.Folder, "model.safetensors")));
        File.ReadAllText(Path.Combine(folder["first"], "config.json")).TrimEnd().ShouldBe(File.ReadAllText(Path.Combine(family.Folder, "config.json")).TrimEnd());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Config_WrittenAfresh_ReadsBackAsTheSame(string name)
    {
        var config = ModelConfig.Load(Fixture.At("families", name)) with { Document = null };

        var read = ModelConfig.Parse(config.ToJson(), name);

        (read with { Document = null, EosIds = config.EosIds }).ShouldBe(config);
        using var model = ModelFolder.CreateCausalLm(config, 3);
        model.named_parameters().Select(item => item.name).ShouldBe(StoredKeys(name), ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ScalarHead_FromTheLanguageModel_ScoresTheLastRealToken(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var family = new FamilyCase(name);
        using var model = ModelFolder.LoadScalarHead(Fixture.At("families", name), seed: 4);
        var (ids, _) = family.Batch(left: false);

        var scores = model.Scores(ids, [.. family.Sequences.Select(sequence => sequence.Length)]);

        var values = model.Values(ids);
        Compare.MaxDifference(scores, stack([.. family.Sequences.Select((sequence, row) => values[row, sequence.Length - 1])])).ShouldBeLessThan(Tolerance);
    }

    /// <summary>One row whose tokens from <paramref name="first"/> on are targets.</summary>
    private static TargetBatch Targets(long[] ids, int first) =>
        TargetBatch.Of(ids, 1, ids.Length, [.. Enumerable.Range(first - 1, ids.Length - first).Select(row => (long)row)], ids[first..], CPU);

    private static IEnumerable<string> StoredKeys(string name)
    {
        using var file = SafetensorsFile.Open(Fixture.At("families", name, "model.safetensors"));
        return [.. file.Entries.Keys];
    }

    private static float[] Reals(System.Text.Json.Nodes.JsonNode values) => [.. values.AsArray().Select(value => value!.GetValue<float>())];
}
