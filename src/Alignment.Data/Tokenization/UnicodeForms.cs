using System.Buffers;
using System.Globalization;
using System.Text;

namespace Alignment.Data.Tokenization;

/// <summary>
/// Unicode normalization forms (UAX #15). <see cref="string.Normalize()"/> gives the text back as it is where .NET runs without
/// ICU (InvariantGlobalization, as here), so the tables are our own.
/// </summary>
internal static class UnicodeForms
{
    // Marks of one character beyond this many are sorted by a sort that does not become quadratic.
    private const int FewMarks = 32;

    // Hangul syllables are composed by arithmetic (Unicode Standard, section 3.12).
    private const int SyllableBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TailCount = 28;
    private const int SyllableCount = LeadCount * VowelCount * TailCount;

    private static readonly Lazy<Tables> Data = new(Tables.Load);

    /// <summary>The text in the form C, D, KC or KD.</summary>
    public static string Normalize(string text, NormalizationForm form)
    {
        // Below these characters nothing combines and each is its own form.
        var last = form switch { NormalizationForm.FormC => '\u02FF', NormalizationForm.FormD => '\u00BF', _ => '\u009F' };
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', last) < 0 || text.AsSpan().IndexOfAny(Data.Value.Unsettled(form)) < 0)
        {
            return text;
        }

        var compatible = form is NormalizationForm.FormKC or NormalizationForm.FormKD;
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, points, compatible);
        }

        Reorder(points);
        if (form is NormalizationForm.FormC or NormalizationForm.FormKC)
        {
            Join(points);
        }

        var result = new StringBuilder(points.Count);
        foreach (var point in points)
        {
            result.Append(new Rune(point));
        }

        return result.ToString();
    }

    private static void Decompose(int point, List<int> points, bool compatible)
    {
        var syllable = point - SyllableBase;
        if (syllable is >= 0 and < SyllableCount)
        {
            points.Add(LeadBase + (syllable / (VowelCount * TailCount)));
            points.Add(VowelBase + (syllable % (VowelCount * TailCount) / TailCount));
            if (syllable % TailCount > 0)
            {
                points.Add(TailBase + (syllable % TailCount));
            }
        }
        else if (Data.Value.Decompositions.TryGetValue(point, out var parts) || (compatible && Data.Value.Compatible.TryGetValue(point, out parts)))
        {
            foreach (var part in parts)
            {
                Decompose(part, points, compatible);
            }
        }
        else
        {
            points.Add(point);
        }
    }

    /// <summary>Marks after a base character in the order of their combining class; equal classes keep their order.</summary>
    private static void Reorder(List<int> points)
    {
        for (var start = 0; start < points.Count; start++)
        {
            var end = start;
            while (end < points.Count && Data.Value.ClassOf(points[end]) > 0)
            {
                end++;
            }

            if (end - start > FewMarks)
            {
                var sorted = points[start..end].OrderBy(Data.Value.ClassOf).ToArray();
                for (var i = start; i < end; i++)
                {
                    points[i] = sorted[i - start];
                }
            }
            else
            {
                Sort(points, start, end);
            }

            start = end;
        }
    }

    private static void Sort(List<int> points, int start, int end)
    {
        for (var i = start + 1; i < end; i++)
        {
            var combining = Data.Value.ClassOf(points[i]);
            for (var j = i; j > start && Data.Value.ClassOf(points[j - 1]) > combining; j--)
            {
                (points[j - 1], points[j]) = (points[j], points[j - 1]);
            }
        }
    }

    private static void Join(List<int> points)
    {
        var starter = -1;
        var kept = 0;
        for (var i = 0; i < points.Count; i++)
        {
            var point = points[i];
            var combining = Data.Value.ClassOf(point);

            // Blocked where a mark of the same or a higher class, or another base, stands between.
            var blocked = kept - 1 > starter && (combining == 0 || Data.Value.ClassOf(points[kept - 1]) >= combining);
            if (starter >= 0 && !blocked && Pair(points[starter], point) is { } composed)
            {
                points[starter] = composed;
                continue;
            }

            if (combining == 0)
            {
                starter = kept;
            }

            points[kept++] = point;
        }

        points.RemoveRange(kept, points.Count - kept);
    }

    private static int? Pair(int first, int second)
    {
        var (lead, vowel) = (first - LeadBase, second - VowelBase);
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
        {
            return SyllableBase + (((lead * VowelCount) + vowel) * TailCount);
        }

        var (syllable, tail) = (first - SyllableBase, second - TailBase);
        if (syllable is >= 0 and < SyllableCount && syllable % TailCount == 0 && tail is > 0 and < TailCount)
        {
            return first + tail;
        }

        return Data.Value.Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private sealed class Tables
    {
        private readonly Dictionary<int, byte> _classes = [];
        private readonly Dictionary<NormalizationForm, Lazy<SearchValues<char>>> _unsettled = [];

        private Tables()
        {
            foreach (var form in (NormalizationForm[])[NormalizationForm.FormC, NormalizationForm.FormD, NormalizationForm.FormKC, NormalizationForm.FormKD])
            {
                _unsettled[form] = new(() => FindUnsettled(form));
            }
        }

        public Dictionary<int, int[]> Decompositions { get; } = [];

        public Dictionary<int, int[]> Compatible { get; } = [];

        public Dictionary<(int, int), int> Compositions { get; } = [];

        /// <summary>Units of UTF-16 that a text in the form does not have, or not everywhere: a text without them is in the form.</summary>
        public SearchValues<char> Unsettled(NormalizationForm form) => _unsettled[form].Value;

        public static Tables Load()
        {
            var tables = new Tables();
            using var stream = typeof(UnicodeForms).Assembly.GetManifestResourceStream("UnicodeData.txt")!;
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
            {
                if (line[0] != '#')
                {
                    tables.Add(line[0], line[2..].Split(' '));
                }
            }

            return tables;
        }

        public int ClassOf(int point) => point < 0x300 ? 0 : _classes.GetValueOrDefault(point);

        private void Add(char kind, string[] fields)
        {
            if (kind == '=')
            {
                for (var point = Hex(fields[0]); point <= Hex(fields[1]); point++)
                {
                    _classes[point] = byte.Parse(fields[2], CultureInfo.InvariantCulture);
                }

                return;
            }

            int[] parts = [.. fields[1..].Select(Hex)];
            (kind == '~' ? Compatible : Decompositions)[Hex(fields[0])] = parts;
            if (kind == '+')
            {
                Compositions[(parts[0], parts[1])] = Hex(fields[0]);
            }
        }

        private bool HasCompatiblePart(int point) =>
            Compatible.ContainsKey(point) || (Decompositions.TryGetValue(point, out var parts) && parts.Any(HasCompatiblePart));

        private SearchValues<char> FindUnsettled(NormalizationForm form)
        {
            var composed = form is NormalizationForm.FormC or NormalizationForm.FormKC;
            IEnumerable<int> points = _classes.Keys;
            points = composed
                ? points.Concat(Compositions.Keys.Select(pair => pair.Item2)).Concat(Enumerable.Range(VowelBase, VowelCount)).Concat(Enumerable.Range(TailBase, TailCount)).Concat(Decompositions.Keys.Except(Compositions.Values))
                : points.Concat(Decompositions.Keys).Concat(Enumerable.Range(SyllableBase, SyllableCount));
            points = form is NormalizationForm.FormKC or NormalizationForm.FormKD ? points.Concat(Compatible.Keys).Concat(Decompositions.Keys.Where(HasCompatiblePart)) : points;

            // A supplementary character is told by its first unit.
            return SearchValues.Create([.. points.Select(point => new Rune(point).ToString()[0]).Distinct()]);
        }

        private static int Hex(string field) => int.Parse(field, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
