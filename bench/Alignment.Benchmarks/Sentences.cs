using System.Text;
using Alignment.Data.Tokenization;

namespace Alignment.Benchmarks;

/// <summary>Text for the benchmarks, the same in every run, and a tokenizer that was trained on some of it.</summary>
internal static class Sentences
{
    private const string Syllables = "ba co da fe gi ho ju ka le mi no pu ra se ti vo wa xe yo zu an ber con den er for gra hil in jor kel lor men nis or pre qua res sta ter un ver wil yet";
    private const int Words = 6000;

    private static readonly string[] Vocabulary = MakeVocabulary();

    /// <summary>Sentences of made-up words: few of them make most of the text, as in a language.</summary>
    /// <param name="characters">How many at least.</param>
    /// <param name="seed">Others with another one.</param>
    public static string Text(int characters, int seed = 1)
    {
        var random = new Random(seed);
        var text = new StringBuilder(characters + 100);
        while (text.Length < characters)
        {
            var length = random.Next(6, 18);
            for (var i = 0; i < length; i++)
            {
                var word = Vocabulary[(int)(Words * Math.Pow(random.NextDouble(), 4))];
                text.Append(i == 0 ? char.ToUpperInvariant(word[0]) + word[1..] : word).Append(i == length - 1 ? ". " : random.Next(12) == 0 ? ", " : " ");
            }

            text.Append(random.Next(5) == 0 ? "\n" : "");
        }

        return text.ToString();
    }

    /// <summary>A byte-level BPE of 8192 tokens.</summary>
    public static TextTokenizer Tokenizer()
    {
        var folder = Directory.CreateTempSubdirectory("alignment-benchmarks-").FullName;
        try
        {
            TokenizerTraining.Run(Text(500_000, seed: 2).Split('\n'), new TokenizerTrainingOptions(), folder);
            return TextTokenizer.Load(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] MakeVocabulary()
    {
        var random = new Random(3);
        var syllables = Syllables.Split(' ');
        return [.. Enumerable.Range(0, Words).Select(rank => string.Concat(Enumerable.Range(0, 1 + Math.Min(4, (rank / 800) + random.Next(2))).Select(_ => syllables[random.Next(syllables.Length)])))];
    }
}
