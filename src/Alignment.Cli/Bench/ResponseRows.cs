using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Cli.Bench;

/// <summary>Right-padded rows of prompt and response, whose response tokens are the targets.</summary>
internal sealed class ResponseRows
{
    private readonly int _width;
    private readonly long[] _hiddenRows;
    private readonly long[] _targets;

    /// <param name="lines">Ids of each row and how many of them are the prompt's.</param>
    /// <param name="width">T.</param>
    public ResponseRows(IReadOnlyList<(long[] Ids, int Prompt)> lines, int width)
    {
        _width = width;
        Ids = new long[lines.Count * width];
        Lengths = [.. lines.Select(line => line.Ids.Length)];
        List<long> hidden = [], targets = [], owners = [];
        for (var row = 0; row < lines.Count; row++)
        {
            var (ids, prompt) = lines[row];
            ids.CopyTo(Ids, row * width);
            for (var place = prompt; place < ids.Length; place++)
            {
                hidden.Add(((long)row * width) + place - 1);
                targets.Add(ids[place]);
                owners.Add(row);
            }
        }

        (_hiddenRows, _targets, Owners) = ([.. hidden], [.. targets], [.. owners]);
    }

    /// <summary>[B·T].</summary>
    public long[] Ids { get; }

    /// <summary>Tokens of each row.</summary>
    public int[] Lengths { get; }

    /// <summary>Where the hidden states that predict the targets lie in the flattened rows.</summary>
    public IReadOnlyList<long> States => _hiddenRows;

    /// <summary>The row of each target.</summary>
    public long[] Owners { get; }

    /// <summary>The rows with their targets, in the caller's scope.</summary>
    public TargetBatch Batch(Device device) => TargetBatch.Of(Ids, Lengths.Length, _width, _hiddenRows, _targets, device);
}
