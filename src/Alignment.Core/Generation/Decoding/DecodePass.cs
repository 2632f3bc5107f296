using System.Runtime.Intrinsics;
using Alignment.Core.Models;
using Alignment.Core.Numerics;

namespace Alignment.Core.Generation.Decoding;

/// <summary>The tokens that run through the layers together, and the memory that they need on the way.</summary>
internal sealed unsafe class DecodePass : IDisposable
{
    private readonly DecodeWeights _weights;
    private readonly ModelConfig _config;
    private readonly KeyValueSlots _held;
    private readonly int _most;
    private readonly nint _width; // of a row of the residual stream
    private readonly nint _projected; // of a row of queries, keys and values
    private readonly (RotaryAngles? Everywhere, RotaryAngles? InWindow) _angles;
    private readonly NativeBuffer<float> _stream; // [M, D]
    private readonly NativeBuffer<float> _output; // [M, D] of the block at work
    private readonly NativeBuffer<float> _queryKeyValue;
    private readonly NativeBuffer<float> _lasts; // [runs, D]: the stream at the tokens whose logits are wanted
    private readonly NativeBuffer<float> _logits; // [runs, V]
    private readonly ActivationRows _attentionInput;
    private readonly ActivationRows _feedForwardInput;
    private readonly ActivationRows _mixed;
    private readonly ActivationRows _inner;
    private readonly ActivationRows _headInput;
    private readonly QueryAttention[] _attentions; // one per thread
    private readonly List<long> _ids = [];
    private readonly List<long> _positions = [];
    private readonly List<int> _slots = [];
    private readonly List<int?> _lastOf = [];
    private readonly LayersWork _layersWork;
    private readonly HeadWork _headWork;
    private int _runs;

    /// <param name="weights">The model.</param>
    /// <param name="held">Keys and values.</param>
    /// <param name="threads">That will run it.</param>
    /// <param name="most">Most tokens of a pass.</param>
    /// <param name="runs">Most logits of a pass.</param>
    /// <param name="capacity">Most tokens of a sequence.</param>
    public DecodePass(DecodeWeights weights, KeyValueSlots held, int threads, int most, int runs, int capacity)
    {
        _weights = weights;
        _config = weights.Config;
        _held = held;
        _most = most;
        _width = Padded(_config.Width);
        _projected = Padded((_config.Heads + (2 * _config.KeyValueHeads)) * _config.HeadSize);
        _angles = weights.Angles(capacity);
        _stream = new NativeBuffer<float>(most * _width, clear: true);
        _output = new NativeBuffer<float>(most * _width, clear: true);
        _queryKeyValue = new NativeBuffer<float>((most * _projected) + PackedMatrix.PanelWidth, clear: true);
        _lasts = new NativeBuffer<float>(runs * _width, clear: true);
        _logits = new NativeBuffer<float>(runs * (long)weights.Head.Panels * PackedMatrix.PanelWidth);
        var asHalves = weights.Head.TakesHalves;
        _attentionInput = new ActivationRows(most, _config.Width, asHalves);
        _feedForwardInput = new ActivationRows(most, _config.Width, asHalves);
        _mixed = new ActivationRows(most, _config.Heads * _config.HeadSize, asHalves);
        _inner = new ActivationRows(most, _config.InnerWidth, asHalves);
        _headInput = new ActivationRows(runs, _config.Width, asHalves);
        _attentions = [.. Enumerable.Range(0, threads).Select(_ => new QueryAttention(held, _config.HeadSize, capacity))];
        _layersWork = new LayersWork(this);
        _headWork = new HeadWork(this);
    }

    /// <summary>No token more fits.</summary>
    public bool IsFull => _ids.Count == _most;

    /// <summary>Forgets all tokens.</summary>
    public void Begin()
    {
        _ids.Clear();
        _positions.Clear();
        _slots.Clear();
        _lastOf.Clear();
    }

    /// <summary>Adds a token; those of one slot in their order.</summary>
    /// <param name="id">The token.</param>
    /// <param name="slot">Where its keys and values go.</param>
    /// <param name="position">Tokens before it.</param>
    /// <param name="lastOf">The run whose last token it is; null = it is not.</param>
    public void Add(int id, int slot, int position, int? lastOf)
    {
        _ids.Add(id);
        _slots.Add(slot);
        _positions.Add(position);
        _lastOf.Add(lastOf);
    }

    /// <summary>Runs the tokens through all layers and forgets them.</summary>
    public void RunLayers(WorkerTeam team)
    {
        if (_ids.Count == 0)
        {
            return;
        }

        using (StepPhases.Enter(StepPhases.Embedding))
        {
            _weights.Embed([.. _ids], [.. _positions], _stream.Pointer, _width);
        }

        team.Run(_layersWork);
        Begin();
    }

    /// <summary>Makes the logits of the runs' last tokens.</summary>
    public void RunHead(WorkerTeam team, int runs)
    {
        _runs = runs;
        team.Run(_headWork);
    }

    /// <summary>[V] of a run.</summary>
    public ReadOnlySpan<float> Logits(int run) => new(_logits.Pointer + ((long)run * _weights.Head.Panels * PackedMatrix.PanelWidth), _config.VocabularySize);

    public void Dispose()
    {
        _angles.Everywhere?.Dispose();
        _angles.InWindow?.Dispose();
        foreach (var buffer in new IDisposable[] { _stream, _output, _queryKeyValue, _lasts, _logits, _attentionInput, _feedForwardInput, _mixed, _inner, _headInput })
        {
            buffer.Dispose();
        }

        foreach (var attention in _attentions)
        {
            attention.Dispose();
        }
    }

    private static nint Padded(int width) => (width + PackedMatrix.PanelWidth - 1) / PackedMatrix.PanelWidth * PackedMatrix.PanelWidth;

    private float* Stream(int row) => _stream.Pointer + (row * _width);

    private static StepPhases.Phase Time(string phase, int part) => part == 0 ? StepPhases.Enter(phase) : default;

    // Each thread keeps its rows of the stream through all layers; between the phases that mix rows or columns, all wait for each other.
    private void Layers(WorkerTeam team, int part)
    {
        var rows = team.Share(_ids.Count, part);
        for (var layer = 0; layer < _weights.Blocks.Length; layer++)
        {
            Attention(_weights.Blocks[layer], layer, rows, team, part);
            FeedForward(_weights.Blocks[layer], rows, team, part);
        }

        for (var row = rows.From; row < rows.To; row++)
        {
            if (_lastOf[row] is { } run)
            {
                new ReadOnlySpan<float>(Stream(row), (int)_width).CopyTo(new Span<float>(_lasts.Pointer + (run * _width), (int)_width));
            }
        }
    }

    private void Attention(DecodeBlock block, int layer, (int From, int To) own, WorkerTeam team, int part)
    {
        using var phase = Time(StepPhases.Attention, part);
        var rows = _ids.Count;
        for (var row = own.From; row < own.To; row++)
        {
            Enter(block.AttentionNorm, row, _attentionInput);
            if (_config.ParallelBlocks && block.FeedForwardNorm is not null)
            {
                Enter(block.FeedForwardNorm, row, _feedForwardInput);
            }
        }

        team.Wait();
        PackedProduct.Run(block.QueryKeyValue, _attentionInput, rows, _queryKeyValue.Pointer, _projected, team, part);
        team.Wait();
        for (var row = own.From; row < own.To; row++)
        {
            Remember(block, layer, row);
        }

        team.Wait();
        Attend(block, layer, rows, team.Parts, part);
        team.Wait();
        PackedProduct.Run(block.Output, _mixed, rows, _output.Pointer, _width, team, part);
        team.Wait();
        for (var row = own.From; row < own.To; row++)
        {
            Add(block.AttentionOutputNorm, row);
        }
    }

    private void FeedForward(DecodeBlock block, (int From, int To) own, WorkerTeam team, int part)
    {
        using var phase = Time(StepPhases.FeedForward, part);
        var rows = _ids.Count;
        var input = _config.ParallelBlocks && block.FeedForwardNorm is null ? _attentionInput : _feedForwardInput;
        for (var row = own.From; row < own.To && !_config.ParallelBlocks; row++)
        {
            Enter(block.FeedForwardNorm, row, input);
        }

        team.Wait();
        PackedProduct.Run(block.Up, input, rows, _inner, _config.Activation, _config.GatedFeedForward, team, part);
        team.Wait();
        PackedProduct.Run(block.Down, _inner, rows, _output.Pointer, _width, team, part);
        team.Wait();
        for (var row = own.From; row < own.To; row++)
        {
            Add(block.FeedForwardOutputNorm, row);
        }
    }

    private void Enter(RowNorm? norm, int row, ActivationRows input)
    {
        if (norm is not null)
        {
            norm.Apply(Stream(row), input, row);
        }
        else
        {
            input.Store(row, 0, new ReadOnlySpan<float>(Stream(row), _config.Width));
        }
    }

    // x + norm(y), or norm(x + y).
    private void Add(RowNorm? norm, int row)
    {
        var x = Stream(row);
        var y = _output.Pointer + (row * _width);
        var isAfterSum = _config.NormPlacement == NormPlacement.AfterSum;
        if (norm is not null && !isAfterSum)
        {
            norm.Apply(y, y);
        }

        for (nint i = 0; i < _width; i += VectorMath.Lanes)
        {
            (Vector512.Load(x + i) + Vector512.Load(y + i)).Store(x + i);
        }

        if (norm is not null && isAfterSum)
        {
            norm.Apply(x, x);
        }
    }

    // Queries and keys are normalised and turned where they are; keys and values go to the token's slot.
    private void Remember(DecodeBlock block, int layer, int row)
    {
        var (size, heads, keyHeads) = (_config.HeadSize, _config.Heads, _config.KeyValueHeads);
        var queries = _queryKeyValue.Pointer + (row * _projected);
        var keys = queries + (heads * size);
        Normalise(block.QueryNorm, queries, heads);
        Normalise(block.KeyNorm, keys, keyHeads);
        var position = (int)_positions[row];
        if ((block.Window is null ? _angles.Everywhere : _angles.InWindow) is { } angles)
        {
            for (var head = 0; head < heads + keyHeads; head++)
            {
                angles.Turn(queries + (head * size), position);
            }
        }

        for (var head = 0; head < keyHeads; head++)
        {
            var key = keys + (head * size);
            _held.Store(layer, _slots[row], head, position, key, key + (keyHeads * size));
        }
    }

    private void Normalise(RowNorm? norm, float* heads, int count)
    {
        if (norm is null)
        {
            return;
        }

        if (_config.QueryKeyNorm == QueryKeyNorm.WholeWidth)
        {
            norm.Apply(heads, heads);
            return;
        }

        for (var head = 0; head < count; head++)
        {
            norm.Apply(heads + (head * _config.HeadSize), heads + (head * _config.HeadSize));
        }
    }

    // The threads take the key-value heads in turn: later tokens have more to see.
    private void Attend(DecodeBlock block, int layer, int rows, int parts, int part)
    {
        var (size, groups, softCap) = (_config.HeadSize, _config.Heads / _config.KeyValueHeads, (float?)_config.ScoreSoftCap);
        var attention = _attentions[part];
        for (var task = part; task < rows * _config.KeyValueHeads; task += parts)
        {
            var (row, keyHead) = (task / _config.KeyValueHeads, task % _config.KeyValueHeads);
            var last = (int)_positions[row];
            var first = block.Window is { } window ? Math.Max(0, last - window + 1) : 0;
            var keys = _held.Keys(layer, _slots[row], keyHead);
            var values = _held.Values(layer, _slots[row], keyHead);
            var next = Math.Min(task + parts, (rows * _config.KeyValueHeads) - 1);
            var nextKeys = _held.Keys(layer, _slots[next / _config.KeyValueHeads], next % _config.KeyValueHeads);
            var nextValues = _held.Values(layer, _slots[next / _config.KeyValueHeads], next % _config.KeyValueHeads);
            for (var head = keyHead * groups; head < (keyHead + 1) * groups; head++)
            {
                var query = _queryKeyValue.Pointer + (row * _projected) + (head * size);
                _mixed.Store(row, head * size, attention.Attend(keys, values, query, block.Scale, softCap, first, last, nextKeys, nextValues));
            }
        }
    }

    private void Head(WorkerTeam team, int part)
    {
        using var phase = Time(StepPhases.Head, part);
        var (from, to) = team.Share(_runs, part);
        for (var run = from; run < to; run++)
        {
            var last = _lasts.Pointer + (run * _width);
            if (_weights.FinalNorm is { } norm)
            {
                norm.Apply(last, _headInput, run);
            }
            else
            {
                _headInput.Store(run, 0, new ReadOnlySpan<float>(last, _config.Width));
            }
        }

        team.Wait();
        var stride = (nint)_weights.Head.Panels * PackedMatrix.PanelWidth;
        PackedProduct.Run(_weights.Head, _headInput, _runs, _logits.Pointer, stride, team, part);
        if (_config.LogitSoftCap is not { } cap)
        {
            return;
        }

        team.Wait();
        for (var run = from; run < to; run++)
        {
            for (var i = run * stride; i < (run + 1) * stride; i += VectorMath.Lanes)
            {
                (VectorMath.Tanh(Vector512.Load(_logits.Pointer + i) / (float)cap) * (float)cap).Store(_logits.Pointer + i);
            }
        }
    }

    private sealed class LayersWork(DecodePass pass) : ITeamWork
    {
        public void Run(WorkerTeam team, int part) => pass.Layers(team, part);
    }

    private sealed class HeadWork(DecodePass pass) : ITeamWork
    {
        public void Run(WorkerTeam team, int part) => pass.Head(team, part);
    }
}
