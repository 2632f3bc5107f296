namespace Alignment.Core.Models;

/// <summary>Refuses a tokenizer that cannot be the model's.</summary>
public static class VocabularyContract
{
    // Embeddings are padded to round sizes; published models leave at most a few hundred rows unused.
    private const int MostUnusedRows = 1024;

    /// <summary>Checks that every id of a tokenizer has a row in the embedding, and that not too many rows are left over.</summary>
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
    }
}
