using System.Text;

namespace Alignment.Data.Tokenization;

/// <summary>Trains a tokenizer from files into a folder.</summary>
public static class TokenizerTraining
{
    /// <summary>Reads the texts, trains, writes the tokenizer files and reads them back.</summary>
    /// <param name="options">The files and the size.</param>
    /// <param name="folder">Where the tokenizer files go: exists or is made.</param>
    /// <param name="cancel">Stops the training; the folder is untouched then.</param>
    /// <param name="beforeWriting">Called when the tokenizer is trained, before anything is written.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="DataFormatException">A row is damaged or lacks a column.</exception>
    /// <exception cref="ArgumentException">The options have <see cref="TokenizerTrainingOptions.Problems"/>.</exception>
    public static TokenizerTrainingResult Run(TokenizerTrainingOptions options, string folder, CancellationToken cancel = default, Action? beforeWriting = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Run(TrainingTexts.Read(options), options, folder, cancel, beforeWriting);
    }

    /// <summary>The same with texts that are at hand; <see cref="TokenizerTrainingOptions.Files"/> is not used.</summary>
    /// <inheritdoc cref="Run(TokenizerTrainingOptions, string, CancellationToken, Action?)"/>
    public static TokenizerTrainingResult Run(
        IEnumerable<string> texts, TokenizerTrainingOptions options, string folder, CancellationToken cancel = default, Action? beforeWriting = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var problems = options.Problems().Where(p => !p.StartsWith("files:", StringComparison.Ordinal)).ToArray();
        if (problems.Length > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        }

        var (count, bytes) = (0L, 0L);
        var trained = BpeTrainer.Train(
            texts.Select(Counted),
            new BpeTrainerOptions { VocabularySize = options.VocabSize, Pattern = options.Pattern, MinFrequency = options.MinFrequency },
            cancel);
        beforeWriting?.Invoke();
        TokenizerFile.Write(trained, folder);
        var tokenizer = TextTokenizer.Load(folder);
        return new(tokenizer.VocabularySize, count, bytes, tokenizer.Fingerprint);

        string Counted(string text)
        {
            count++;
            bytes += Encoding.UTF8.GetByteCount(text);
            return text;
        }
    }
}
