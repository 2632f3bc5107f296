using Alignment.Data.Conversion;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Audit;

/// <summary>Looks at rows once, and tells what would poison a training run. About 200 bytes of memory a row.</summary>
public sealed class DataAudit
{
    private const int LongEnoughToEnd = 20;
    private const int TopOpenings = 15;
    private readonly AuditOptions _options;
    private readonly EvaluationTexts _evaluation;
    private readonly RowIndex _index = new();
    private readonly NearDuplicates _near = new();
    private readonly ShortcutClassifier _shortcut = new();
    private readonly TokenCounts? _tokens;
    private readonly Openings _openings = new();
    private readonly SortedDictionary<RowTypes, long> _types = [];
    private readonly Dictionary<string, long> _scripts = [];
    private readonly Dictionary<ulong, string> _splits = [];
    private readonly (long Chosen, long Rejected)[] _signs = new (long, long)[FormatSigns.Names.Count];
    private readonly List<ulong> _words = [];
    private readonly List<ulong> _other = [];
    private readonly Histogram _promptWords = new("words of a prompt");
    private readonly Histogram _responseWords = new("words of a response");
    private readonly Histogram _rejectedWords = new("words of a rejected response");
    private readonly Tally _unusable = new(AuditNames.Unusable, "training refuses the row");
    private readonly Tally _equal = new(AuditNames.EqualSides, "both sides of the pair are equal");
    private readonly Tally _nearlyEqual = new(AuditNames.NearlyEqualSides, "both sides have nearly the same words");
    private readonly Tally _leaks = new(AuditNames.SplitLeaks, "the prompt stands on the other side of the split too");
    private readonly Tally _overlap = new(AuditNames.Overlap, "shares a long sequence of words with an evaluation set");
    private readonly Tally _empty = new(AuditNames.Empty, "the prompt or a response is empty");
    private readonly Tally _short = new(AuditNames.VeryShort, "a response has very few words");
    private readonly Tally _cutOff = new(AuditNames.CutOff, "a response ends inside a sentence");
    private readonly Tally _damage = new(AuditNames.Encoding, "damaged characters");
    private readonly Tally _personal = new(AuditNames.Personal, "looks like personal data");
    private readonly Tally _secrets = new(AuditNames.Secrets, "looks like a key or password");
    private readonly Tally _longer = new(AuditNames.LongerChosen, "the chosen side is the longer one");
    private readonly Tally _first = new(AuditNames.FirstChosen, "the chosen side stood first");
    private readonly Tally _ties = new(AuditNames.Ties, "the pair is a tie");
    private readonly Tally _tooLong = new(AuditNames.TooLong, "more tokens than training takes");
    private double _labelEntropy;
    private long _labels;
    private long _good;
    private long _verdicts;

    /// <summary>Begins an audit.</summary>
    /// <param name="options">What to look for.</param>
    public DataAudit(AuditOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _evaluation = new EvaluationTexts(options.OverlapWords);
        _tokens = options.Tokens is null ? null : new TokenCounts(options.Tokens, options.MaxTokens);
    }

    /// <summary>Adds rows of an evaluation set; all of them before the first row of <see cref="Add"/>.</summary>
    /// <param name="rows">The rows.</param>
    public void AddEvaluation(IEnumerable<DataRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        foreach (var row in rows)
        {
            _evaluation.Add(row);
        }
    }

    /// <summary>Looks at the rows of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">Its rows, read without the rules of training.</param>
    public void Add(string path, IEnumerable<DataRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        foreach (var row in rows)
        {
            Look(path, row);
        }
    }

    /// <summary>Ends the audit.</summary>
    /// <param name="read">What was read; rows that could not be count as refused.</param>
    public AuditReport Finish(ConversionReport read)
    {
        ArgumentNullException.ThrowIfNull(read);
        foreach (var skipped in read.Skipped)
        {
            _unusable.Add(true, skipped.Id, skipped.Reason);
        }

        var shortcut = _shortcut.Measure();
        List<(string, double)> numbers = [];
        if (_labels > 0)
        {
            numbers.Add(("mean entropy of a pair's label, bits", _labelEntropy / _labels));
        }

        if (_verdicts > 0)
        {
            numbers.Add(("share of good responses among verdicts", (double)_good / _verdicts));
            numbers.Add(("entropy of verdicts, bits", Entropy((double)_good / _verdicts)));
        }

        if (_tokens is { Lengths.Sum: > 0 } tokens)
        {
            numbers.Add(("supervised-token ratio", (double)tokens.Supervised / tokens.Lengths.Sum));
            numbers.Add(("tokens beyond the most that training takes", tokens.Lost));
        }

        return new AuditReport
        {
            Rows = _index.Count,
            Types = [.. _types.Select(pair => (pair.Key.ToString(), pair.Value))],
            Files = [.. read.Files.Select(file => $"{file.Path}: {file.Format}, {file.Rows} rows{(file.Skipped > 0 ? $", {file.Skipped} unreadable" : "")}")],
            Findings = [.. Findings(shortcut?.Accuracy)],
            Histograms = [.. new[] { _promptWords, _responseWords, _rejectedWords, _tokens?.Lengths }.OfType<Histogram>().Where(histogram => histogram.Count > 0)],
            Tables = [.. Tables(shortcut?.Words ?? [])],
            Numbers = numbers,
        };
    }

    private void Look(string path, DataRow row)
    {
        var texts = RowTexts.Of(row);
        var type = DataFormats.TypeOf(row);
        _types[type] = _types.GetValueOrDefault(type) + 1;
        var (prompt, whole) = _index.Add(path, row.Id, texts);
        AddRules(row);
        AddTexts(row, texts);
        AddSplit(row, prompt, whole);
        if (row is PreferenceRow pair)
        {
            AddPair(pair, texts, prompt);
        }
        else if (row is UnpairedRow one)
        {
            _verdicts++;
            _good += one.Label ? 1 : 0;
        }
    }

    private void AddRules(DataRow row)
    {
        try
        {
            RowRules.Check(row);
            if (_tokens?.Add(row) is { } length)
            {
                _tooLong.Add(length > _options.MaxTokens, row.Id);
            }

            _unusable.Add(false, row.Id);
        }
        catch (DataFormatException problem)
        {
            _unusable.Add(true, row.Id, problem.Reason);
        }
    }

    private void AddTexts(DataRow row, RowTexts texts)
    {
        _words.Clear();
        Words.Add(texts.Prompt, _words);
        if (texts.Prompt.Length > 0)
        {
            _promptWords.Add(_words.Count);
        }

        var (isShort, isCut) = (false, false);
        for (var i = 0; i < texts.Responses.Count; i++)
        {
            var before = _words.Count;
            var response = texts.Responses[i];
            Words.Add(response, _words);
            var count = _words.Count - before;
            (texts.IsPair && i == 1 ? _rejectedWords : _responseWords).Add(count);
            isShort |= count < _options.ShortWords && response.Length > 0;
            isCut |= count >= LongEnoughToEnd && EndsInside(response);
            if (i == 0)
            {
                _openings.Add(response);
            }
        }

        if (texts.Responses.Count > 0)
        {
            _short.Add(isShort, row.Id);
            _cutOff.Add(isCut, row.Id);
        }

        _empty.Add(texts.Responses.Any(string.IsNullOrWhiteSpace) || (string.IsNullOrWhiteSpace(texts.Prompt) && row is not TextRow), row.Id);
        var damage = texts.Responses.Prepend(texts.Prompt).Select(text => TextDamage.Find(text)).FirstOrDefault(problem => problem is not null);
        _damage.Add(damage is not null, row.Id, damage);
        var personal = texts.Responses.Prepend(texts.Prompt).Select(SensitiveText.Personal).FirstOrDefault(kind => kind is not null);
        _personal.Add(personal is not null, row.Id, personal);
        var secret = texts.Responses.Prepend(texts.Prompt).Select(SensitiveText.Secret).FirstOrDefault(kind => kind is not null);
        _secrets.Add(secret is not null, row.Id, secret);
        var script = TextDamage.Script(texts.Responses.Count > 0 ? texts.Responses[0] : texts.Prompt);
        _scripts[script] = _scripts.GetValueOrDefault(script) + 1;
        _near.Add(_words);
        if (!_evaluation.IsEmpty)
        {
            _overlap.Add(_evaluation.Overlaps(_words), row.Id);
        }
    }

    private void AddSplit(DataRow row, ulong prompt, ulong whole)
    {
        var key = row is TextRow ? whole : prompt;
        var split = RowMeta.Text(row, RowMeta.Split);
        if (split is null && _evaluation.IsEmpty)
        {
            return;
        }

        var other = _evaluation.HasPrompt(key) ? "evaluation" : null;
        if (split is not null && !_splits.TryAdd(key, split) && _splits[key] != split)
        {
            other = _splits[key];
        }

        _leaks.Add(other is not null, row.Id, other is null ? null : $"also in {other}");
    }

    private void AddPair(PreferenceRow pair, RowTexts texts, ulong prompt)
    {
        var (chosen, rejected) = (texts.Responses[0], texts.Responses[1]);
        var isEqual = chosen == rejected;
        _equal.Add(isEqual, pair.Id);
        _nearlyEqual.Add(!isEqual && NearlyEqual(chosen, rejected), pair.Id);
        var isTie = pair.Label == 0.5;
        _ties.Add(isTie, pair.Id);
        _labels++;
        _labelEntropy += Entropy(pair.Label);
        if (isTie || isEqual)
        {
            return;
        }

        if (pair.Label < 0.5)
        {
            (chosen, rejected) = (rejected, chosen);
        }

        if (chosen.Length != rejected.Length)
        {
            _longer.Add(chosen.Length > rejected.Length, pair.Id);
        }

        if (RowMeta.Text(pair, RowMeta.ChosenPosition) is "1" or "2")
        {
            _first.Add(RowMeta.Text(pair, RowMeta.ChosenPosition) == (pair.Label < 0.5 ? "2" : "1"), pair.Id);
        }

        _shortcut.Add(prompt, chosen, rejected);
        var (good, bad) = (FormatSigns.Of(chosen), FormatSigns.Of(rejected));
        for (var i = 0; i < _signs.Length; i++)
        {
            _signs[i] = (_signs[i].Chosen + (good >> i & 1), _signs[i].Rejected + (bad >> i & 1));
        }
    }

    private bool NearlyEqual(string a, string b)
    {
        _words.Clear();
        _other.Clear();
        Words.Add(a, _words);
        Words.Add(b, _other);
        if (_words.SequenceEqual(_other))
        {
            return true;
        }

        var (first, second) = (_words.ToHashSet(), _other.ToHashSet());
        if (Math.Min(first.Count, second.Count) < 10)
        {
            return false;
        }

        var shared = first.Count(second.Contains);
        return shared >= 0.95 * (first.Count + second.Count - shared);
    }

    private static bool EndsInside(string text)
    {
        var last = text.AsSpan().TrimEnd();
        return last.Length > 0 && (char.IsLower(last[^1]) || last[^1] is ',' or ';' or '-') && !last.Contains("```", StringComparison.Ordinal);
    }

    private static double Entropy(double p) => p is <= 0 or >= 1 ? 0 : -(p * Math.Log2(p)) - ((1 - p) * Math.Log2(1 - p));

    private IEnumerable<AuditFinding> Findings(Share? shortcut)
    {
        yield return _unusable.Finding(_options);
        yield return Indexed(AuditNames.ExactDuplicates, "all texts stood in an earlier row", _index.ExactDuplicates());
        yield return Indexed(AuditNames.NearDuplicates, "much like an earlier row with another prompt",
            _near.Find(_options.NearDuplicate, (a, b) => !_index.SamePrompt(a, b)).OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)));
        if (_promptWords.Count > 0)
        {
            yield return Indexed(AuditNames.RepeatedPrompts, "an earlier row has the prompt", _index.RepeatedPrompts());
        }

        if (_labels > 0)
        {
            yield return _equal.Finding(_options);
            yield return _nearlyEqual.Finding(_options);
            yield return Indexed(AuditNames.Contradictions, "another row has the pair the other way round", _index.Contradictions());
            yield return _ties.Finding(_options);
            yield return _longer.Finding(_options, "ties and pairs of equal length left out");
            if (_first.Of > 0)
            {
                yield return _first.Finding(_options, "where the place is known");
            }

            if (shortcut is { } accuracy)
            {
                yield return new AuditFinding(AuditNames.Shortcut, "a bag of words, that does not know the prompt, tells the sides apart", accuracy, Limit(AuditNames.Shortcut), []) { Note = "held-out pairs" };
            }
        }

        foreach (var tally in (Tally[])[_leaks, _overlap])
        {
            if (tally.Of > 0)
            {
                yield return tally.Finding(_options);
            }
        }

        foreach (var tally in (Tally[])[_empty, _short, _cutOff, _tooLong])
        {
            if (tally.Of > 0)
            {
                yield return tally.Finding(_options);
            }
        }

        yield return _damage.Finding(_options);
        yield return _personal.Finding(_options, "a pattern is no proof");
        yield return _secrets.Finding(_options, "a pattern is no proof");
    }

    private double? Limit(string name) => _options.Limits.TryGetValue(name, out var limit) ? limit : null;

    private AuditFinding Indexed(string name, string title, IEnumerable<(int Row, int Other)> rows)
    {
        var found = rows.ToList();
        return new AuditFinding(name, title, new Share(found.Count, _index.Count), Limit(name), [.. found.Take(_options.Examples).Select(pair => $"{_index.Id(pair.Row)}: as {_index.Id(pair.Other)}")]);
    }

    private IEnumerable<AuditTable> Tables(IReadOnlyList<(string Word, double Weight)> words)
    {
        yield return new AuditTable("Most frequent openings of responses", ["rows"], [.. _openings.Top(TopOpenings).Select(one => (one.Text, new[] { (double)one.Count }))]);
        yield return new AuditTable("Scripts", ["rows"], [.. _scripts.OrderByDescending(pair => pair.Value).Select(pair => (pair.Key, new[] { (double)pair.Value }))]);
        if (_longer.Of > 0)
        {
            yield return new AuditTable("Signs of form", ["chosen", "rejected"], [.. FormatSigns.Names.Select((name, i) => (name, new[] { _signs[i].Chosen, (double)_signs[i].Rejected }))]);
        }

        if (words.Count > 0)
        {
            yield return new AuditTable("Words that tell the sides apart (positive: chosen)", ["weight"], [.. words.Select(one => (one.Word, new[] { Math.Round(one.Weight, 3) }))]);
        }
    }
}
