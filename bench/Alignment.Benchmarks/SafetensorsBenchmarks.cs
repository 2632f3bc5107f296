using Alignment.Core.Checkpoints;
using Alignment.Core.Numerics;
using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace Alignment.Benchmarks;

/// <summary>A file of 300 tensors, 64 MiB in all, that the system has at hand: its header, and its data.</summary>
public class SafetensorsBenchmarks
{
    private const int Tensors = 300;
    private const int Bytes = 64 << 20;

    private string _file = "";

    [GlobalSetup]
    public void Setup()
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        _file = Path.Combine(Directory.CreateTempSubdirectory("alignment-benchmarks-").FullName, "model.safetensors");
        SafetensorsWriter.Write(_file, Enumerable.Range(0, Tensors).ToDictionary(i => $"model.layers.{i / 10}.part_{i % 10}.weight", _ => ones(Bytes / sizeof(float) / Tensors / 64, 64)));
    }

    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Benchmark]
    public int OpenWith300Tensors()
    {
        using var file = SafetensorsFile.Open(_file);
        return file.Entries.Count;
    }

    [Benchmark]
    public long Load64MiB()
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(_file);
        return file.Entries.Keys.Sum(name => file.Load(name).numel());
    }
}
