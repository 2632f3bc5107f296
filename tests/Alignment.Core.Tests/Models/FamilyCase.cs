using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

/// <summary>One of the tiny models in Fixtures/families with the numbers that plain formulas give.</summary>
internal sealed class FamilyCase : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public FamilyCase(string name)
    {
        Folder = Fixture.At("families", name);
        Golden = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "golden.json")))!;
        Model = ModelFolder.LoadCausalLm(Folder);
        Sequences = [.. Golden["sequences"]!.AsArray().Select(sequence => Longs(sequence!["input_ids"]!))];
        Logits = [.. Golden["sequences"]!.AsArray().Select(sequence => Json.Reals(sequence!["logits"]!))];
    }

    /// <summary>Every folder beside the generator.</summary>
    public static TheoryData<string> Names =>
        [.. Directory.EnumerateDirectories(Fixture.At("families")).Where(folder => File.Exists(Path.Combine(folder, "golden.json"))).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    public string Folder { get; }

    public JsonNode Golden { get; }

    public CausalLm Model { get; }

    /// <summary>Rows of one batch, the longest first.</summary>
    public IReadOnlyList<long[]> Sequences { get; }

    /// <summary>[T, V] of each row.</summary>
    public IReadOnlyList<Tensor> Logits { get; }

    public static long[] Longs(JsonNode ids) => [.. ids.AsArray().Select(id => id!.GetValue<long>())];

    /// <summary>The rows as one batch: ids and real tokens, [B, T] each.</summary>
    public (Tensor Ids, Tensor Real) Batch(bool left)
    {
        var longest = Sequences[0].Length;
        var ids = zeros(Sequences.Count, longest, dtype: ScalarType.Int64);
        var real = zeros(Sequences.Count, longest, dtype: ScalarType.Bool);
        for (var row = 0; row < Sequences.Count; row++)
        {
            var start = left ? longest - Sequences[row].Length : 0;
            ids[row].narrow(0, start, Sequences[row].Length).copy_(tensor(Sequences[row]));
            real[row].narrow(0, start, Sequences[row].Length).fill_(true);
        }

        return (ids, real);
    }

    public void Dispose()
    {
        Model.Dispose();
        _scope.Dispose();
    }
}
