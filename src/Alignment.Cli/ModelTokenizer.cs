using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Data.Tokenization;

namespace Alignment.Cli;

/// <summary>The tokenizer that belongs to a model folder.</summary>
internal static class ModelTokenizer
{
    /// <summary>The folder's own; where an adapter folder has none, that of the nearest base.</summary>
    /// <returns>The tokenizer and the folder that it came from.</returns>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or another model's.</exception>
    public static (TextTokenizer Tokenizer, string Folder) Load(string folder, ModelConfig config)
    {
        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain(folder));
        VocabularyContract.Check(config, tokenizer.VocabularySize, folder);
        return (tokenizer, tokenizer.Folder);
    }
}
