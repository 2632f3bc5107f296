using System.Diagnostics;
using System.Text;

namespace Alignment.Data.Tokenization;

/// <summary>How fast a text was encoded.</summary>
/// <param name="Threads">That did it.</param>
/// <param name="MegabytesPerSecond">UTF-8 bytes, in millions, a second.</param>
/// <param name="Bytes">Of the text, in UTF-8.</param>
/// <param name="Tokens">That came out.</param>
public sealed record EncodingSpeed(int Threads, double MegabytesPerSecond, long Bytes, long Tokens)
{
    // Documents of a size that data sets have; a whole book in one string would measure memory instead.
    private const int DocumentLength = 4096;
    private const double LeastSeconds = 1;

    /// <summary>Measures a tokenizer's speed, each time with one that is fresh but warm: the text is encoded once before the clock runs.</summary>
    /// <param name="load">Loads the tokenizer.</param>
    /// <param name="text">The text; it is cut into documents at line ends.</param>
    /// <param name="threads">How many threads to measure with, once each.</param>
    /// <exception cref="InvalidDataException">The text is empty.</exception>
    public static IReadOnlyList<EncodingSpeed> Measure(Func<TextTokenizer> load, string text, IReadOnlyList<int> threads)
    {
        ArgumentNullException.ThrowIfNull(load);
        ArgumentNullException.ThrowIfNull(threads);
        var documents = Cut(text).ToArray();
        if (documents.Length == 0)
        {
            throw new InvalidDataException("The text is empty; there is nothing to measure.");
        }

        long bytes = Encoding.UTF8.GetByteCount(text);
        return [.. threads.Select(count => Measure(load(), documents, bytes, count))];
    }

    private static EncodingSpeed Measure(TextTokenizer tokenizer, string[] documents, long bytes, int threads)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads };
        var tokens = documents.Sum(d => (long)tokenizer.Encode(d).Length);
        var rounds = 0;
        var watch = Stopwatch.StartNew();
        for (; rounds == 0 || watch.Elapsed.TotalSeconds < LeastSeconds; rounds++)
        {
            Parallel.ForEach(documents, options, document => tokenizer.Encode(document));
        }

        return new(threads, bytes * rounds / 1e6 / watch.Elapsed.TotalSeconds, bytes, tokens);
    }

    private static IEnumerable<string> Cut(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = Math.Min(start + DocumentLength, text.Length);
            var line = text.LastIndexOf('\n', end - 1, end - start);
            end = end == text.Length || line < start ? end : line + 1;
            end += end < text.Length && char.IsLowSurrogate(text[end]) ? 1 : 0;
            yield return text[start..end];
            start = end;
        }
    }
}
