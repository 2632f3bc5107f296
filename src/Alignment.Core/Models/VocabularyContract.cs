using System.Security.Cryptography;

namespace Alignment.Core.Models;

/// <summary>Refuses a tokenizer that cannot be the model's.</summary>
public static class VocabularyContract
{
    // Embeddings are padded to round sizes; published models leave at most a few hundred rows unused.
    private const int MostUnusedRows = 1024;

    /// <summary>The key of <c>config.json</c> with the hash of the <c>tokenizer.json</c> that the model was saved with.</summary>
    internal const string TokenizerHashKey = "tokenizer_sha256";

    private const string TokenizerFile = "tokenizer.json";

    /// <summary>
    /// Checks that every id of a tokenizer has a row in the embedding, that not too many rows are left over, and, for a folder saved by this
    /// library, that its <c>tokenizer.json</c> is still the one the model was trained with.
    /// </summary>
    /// <param name="config">The model's.</param>
    /// <param name="tokenizerSize">The tokenizer's number of ids.</param>
    /// <param name="folder">The model folder, for the message.</param>
    /// <exception cref="InvalidDataException">The tokenizer is of another model.</exception>
    public static void Check(ModelConfig config, int tokenizerSize, string folder)
    {
        var unused = config.VocabularySize - tokenizerSize;
        if (unused < 0 || unused > Math.Min(MostUnusedRows, config.VocabularySize / 2))
        {
            throw new InvalidDataException(
                $"{folder}: the tokenizer has {tokenizerSize} tokens, the model's embedding {config.VocabularySize} rows: this is the tokenizer of another model; put the model's own tokenizer files into the folder");
        }

        if (config.Document?[TokenizerHashKey]?.ToString() is { } saved && TokenizerHash(folder) is { } found && found != saved)
        {
            throw new InvalidDataException(
                $"{folder}: {TokenizerFile} has the hash {found[..12]}…, the model was trained with {saved[..Math.Min(12, saved.Length)]}…: this is the tokenizer of another model; put the model's own tokenizer files into the folder");
        }
    }

    /// <summary>The SHA-256 of a folder's <c>tokenizer.json</c>; null where there is none.</summary>
    internal static string? TokenizerHash(string folder)
    {
        var path = Path.Combine(folder, TokenizerFile);
        return File.Exists(path) ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) : null;
    }
}
