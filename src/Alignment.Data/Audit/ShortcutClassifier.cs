namespace Alignment.Data.Audit;

/// <summary>
/// How well a bag of words tells the chosen side from the rejected one without knowing the prompt: logistic regression on the difference of both sides' words, learned from a sample of the pairs, measured on the fifth of
/// them whose prompts it has not seen. Near 0.5 there is no shortcut.
/// </summary>
internal sealed class ShortcutClassifier
{
    private const int MostPairs = 20_000;
    private const int MostWords = 300;
    private const int MostNames = 200_000;
    private const int Passes = 5;
    private const double Rate = 0.2;
    private const double Shrink = 1e-4;
    private const int LeastHeldOut = 20;
    private readonly List<(ulong Group, ulong[] Chosen, ulong[] Rejected)> _pairs = [];
    private readonly Dictionary<ulong, string> _names = [];
    private readonly Collation.SplitMix64 _chance = new(20);
    private long _seen;

    /// <summary>Offers a pair; a sample of all that were offered is kept.</summary>
    public void Add(ulong group, string chosen, string rejected)
    {
        _seen++;
        if (_pairs.Count < MostPairs)
        {
            _pairs.Add((group, Features(chosen), Features(rejected)));
            return;
        }

        var place = _chance.Next() % (ulong)_seen;
        if (place < MostPairs)
        {
            _pairs[(int)place] = (group, Features(chosen), Features(rejected));
        }
    }

    /// <summary>Learns and measures.</summary>
    /// <returns>Held-out pairs told apart rightly, and the words that weigh most, positive for the chosen side; null where there are too few pairs.</returns>
    public (Share Accuracy, IReadOnlyList<(string Word, double Weight)> Words)? Measure()
    {
        var held = _pairs.Where(IsHeldOut).ToList();
        var known = _pairs.Where(pair => !IsHeldOut(pair)).ToList();
        if (held.Count < LeastHeldOut || known.Count < LeastHeldOut)
        {
            return null;
        }

        var weights = new Dictionary<ulong, double>();
        for (var pass = 0; pass < Passes; pass++)
        {
            foreach (var (_, chosen, rejected) in known)
            {
                var step = Rate / (1 + pass) / (1 + Math.Exp(Score(weights, chosen) - Score(weights, rejected)));
                Move(weights, chosen, step / Math.Sqrt(chosen.Length + 1));
                Move(weights, rejected, -step / Math.Sqrt(rejected.Length + 1));
            }
        }

        var right = held.Sum(pair => Math.Sign(Score(weights, pair.Chosen) - Score(weights, pair.Rejected)) switch { > 0 => 2, 0 => 1, _ => 0 });
        var words = weights.Where(pair => _names.ContainsKey(pair.Key)).OrderByDescending(pair => Math.Abs(pair.Value)).Take(20).Select(pair => (_names[pair.Key], pair.Value)).ToList();
        return (new Share(right / 2, held.Count), words);
    }

    private static bool IsHeldOut((ulong Group, ulong[] Chosen, ulong[] Rejected) pair) => Words.Mix(pair.Group + 1) % 5 == 0;

    private static double Score(Dictionary<ulong, double> weights, ulong[] features)
    {
        var sum = 0.0;
        foreach (var feature in features)
        {
            sum += weights.GetValueOrDefault(feature);
        }

        return sum / Math.Sqrt(features.Length + 1);
    }

    private static void Move(Dictionary<ulong, double> weights, ulong[] features, double step)
    {
        foreach (var feature in features)
        {
            weights[feature] = (weights.GetValueOrDefault(feature) * (1 - Shrink)) + step;
        }
    }

    /// <summary>Each word once, and each sign of form.</summary>
    private ulong[] Features(string text)
    {
        var found = new HashSet<ulong>();
        for (var at = 0; at < text.Length && found.Count < MostWords; at++)
        {
            var start = at;
            while (at < text.Length && char.IsLetterOrDigit(text[at]))
            {
                at++;
            }

            if (at > start)
            {
                Name(Words.Hash(text.AsSpan(start, at - start)), text, start, at, found);
            }
        }

        var signs = FormatSigns.Of(text);
        for (var i = 0; i < FormatSigns.Names.Count; i++)
        {
            if ((signs >> i & 1) != 0)
            {
                var hash = Words.Mix((ulong)i);
                _names.TryAdd(hash, $"⟨{FormatSigns.Names[i]}⟩");
                found.Add(hash);
            }
        }

        return [.. found];
    }

    private void Name(ulong hash, string text, int start, int end, HashSet<ulong> found)
    {
        if (found.Add(hash) && _names.Count < MostNames && end - start <= 30 && !_names.ContainsKey(hash))
        {
            _names[hash] = text[start..end].ToLowerInvariant();
        }
    }
}
