using Alignment.Core.Generation.Decoding;
using Alignment.Core.Numerics;

namespace Alignment.Core.Generation;

/// <summary>
/// Samples responses with a <see cref="DecodeEngine"/>. A place that becomes free is taken at once: the prompt that comes in runs in the
/// same pass as the next tokens of the others, without what its place or another one holds of its beginning already.
/// </summary>
/// <param name="engine">As many responses side by side as it has slots.</param>
/// <param name="options">How tokens are drawn.</param>
/// <param name="decode">Token ids to text, needed for stop strings only.</param>
internal sealed class EngineSampling(DecodeEngine engine, SamplingOptions options, Func<IReadOnlyList<int>, string>? decode) : ITeamWork
{
    // A beginning that another prompt of the same pass shares is worth waiting one token for.
    private const int LengthWorthWaiting = 8;

    private readonly TokenSampler[] _samplers = [.. Enumerable.Range(0, engine.Team.Parts).Select(_ => new TokenSampler(options))];
    private readonly ActiveSequence?[] _places = new ActiveSequence?[engine.Slots];
    private readonly List<TokenRun> _runs = [];

    /// <summary>Samples until every sequence has ended.</summary>
    /// <param name="sequences">Taken in this order.</param>
    /// <param name="done">Told each one that has ended.</param>
    /// <param name="cancel">Checked before each token.</param>
    public void Run(IEnumerable<ActiveSequence> sequences, Action<ActiveSequence> done, CancellationToken cancel)
    {
        var waiting = new LinkedList<ActiveSequence>(sequences);
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            _runs.Clear();
            for (var slot = 0; slot < _places.Length; slot++)
            {
                if (_places[slot] is { } active)
                {
                    _runs.Add(new TokenRun(slot, [active.LastToken]));
                }
            }

            Admit(waiting);
            if (_runs.Count == 0)
            {
                return;
            }

            engine.Run(_runs);
            using var phase = StepPhases.Enter(StepPhases.Sampling);
            engine.Team.Run(this);
            foreach (var (slot, _) in _runs)
            {
                var sequence = _places[slot]!;
                sequence.Accept(options, decode);
                if (sequence.Finish is not null)
                {
                    done(sequence);
                    _places[slot] = null;
                }
            }
        }
    }

    void ITeamWork.Run(WorkerTeam team, int part)
    {
        for (var run = part; run < _runs.Count; run += team.Parts)
        {
            _places[_runs[run].Slot]!.Draw(engine.Logits(run), _samplers[part]);
        }
    }

    private void Admit(LinkedList<ActiveSequence> waiting)
    {
        var free = Enumerable.Range(0, _places.Length).Where(slot => _places[slot] is null).ToList();
        var entering = new List<int[]>();
        for (var node = waiting.First; node is not null && free.Count > 0;)
        {
            var next = node.Next;
            var prompt = node.Value.Prompt;
            var (source, shared) = LongestHeld(prompt, free);
            var neighbour = entering.Count == 0 ? 0 : entering.Max(other => Math.Min(other.AsSpan().CommonPrefixLength(prompt), prompt.Length - 1));
            if (neighbour < shared + LengthWorthWaiting)
            {
                var slot = free.Contains(source) ? source : free[0];
                free.Remove(slot);
                engine.Share(source < 0 ? slot : source, slot, shared);
                _places[slot] = node.Value;
                _runs.Add(new TokenRun(slot, prompt[shared..]));
                entering.Add(prompt);
                waiting.Remove(node);
            }

            node = next;
        }
    }

    // The slot that holds most of a prompt's beginning; the last token always runs, for its logits. Of equal ones a free one, which needs no copy.
    private (int Slot, int Length) LongestHeld(int[] prompt, List<int> free)
    {
        var (best, longest) = (-1, 0);
        for (var slot = 0; slot < _places.Length; slot++)
        {
            var length = engine.Held(slot).CommonPrefixLength(prompt.AsSpan(..^1));
            if (length > longest || (length == longest && length > 0 && !free.Contains(best) && free.Contains(slot)))
            {
                (best, longest) = (slot, length);
            }
        }

        return (best, longest);
    }
}
