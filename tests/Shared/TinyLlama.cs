using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Data.Tokenization;

namespace Alignment.Tests;

/// <summary>Small untrained Llamas. Compiled into the test projects of the stages.</summary>
internal static class TinyLlama
{
    /// <summary>Writes one.</summary>
    /// <param name="folder">Where; made if it is not there.</param>
    /// <param name="tokenizerFolder">Its tokenizer, copied.</param>
    /// <param name="layers">How many layers.</param>
    /// <param name="maxPositions">The longest sequence.</param>
    /// <param name="seed">Of the weights.</param>
    public static void Write(string folder, string tokenizerFolder, int layers, int maxPositions, long seed)
    {
        var tokenizer = TextTokenizer.Load(tokenizerFolder);
        var config = new ModelConfig
        {
            ModelType = "llama",
            VocabularySize = tokenizer.VocabularySize,
            Width = 32,
            Layers = layers,
            Heads = 4,
            KeyValueHeads = 2,
            HeadSize = 8,
            InnerWidth = 48,
            MaxPositions = maxPositions,
            TiedEmbeddings = true,
            BosId = tokenizer.BosId,
            EosIds = [tokenizer.EosId],
            PadId = tokenizer.PadId,
        };
        using var model = ModelFolder.CreateCausalLm(config, seed);
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        ModelFolder.Save(model, folder, new() { CopyTokenizer = tokenizer.CopyTo });
    }
}
