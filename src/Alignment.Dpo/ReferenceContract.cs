using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Data.Tokenization;
using Alignment.Training.Runs;

namespace Alignment.Dpo;

/// <summary>What a reference must have in common with the policy, and whether the two are the same model.</summary>
internal static class ReferenceContract
{
    /// <summary>Refuses a reference whose tokens mean something else than the policy's.</summary>
    /// <param name="policy">The policy's folder.</param>
    /// <param name="reference">The reference's folder.</param>
    /// <exception cref="InvalidDataException">Another tokenizer or another vocabulary.</exception>
    public static void Check(string policy, string reference)
    {
        if (Tokenizer(policy) != Tokenizer(reference))
        {
            throw new InvalidDataException(
                $"reference '{reference}' has another tokenizer than model '{policy}', so their log-probs cannot be compared; give the model that the policy was made from, or leave reference out");
        }

        var (ours, theirs) = (ModelConfig.Load(policy).VocabularySize, ModelConfig.Load(reference).VocabularySize);
        if (ours != theirs)
        {
            throw new InvalidDataException(
                $"reference '{reference}' has a vocabulary of {theirs}, model '{policy}' one of {ours}; give the model that the policy was made from, or leave reference out");
        }
    }

    /// <summary>The hash of what a model computes: its config and its weights, those of an adapter's base among them, whatever else lies in the folder.</summary>
    /// <param name="folder">A model folder.</param>
    /// <returns>64 hex digits.</returns>
    public static string WeightsHash(string folder) => ContentHash.OfText(string.Join('\n', AdapterFolder.Chain(folder).SelectMany(ContentHash.FilesOf)
        .Where(file => file.Key is ModelConfig.FileName or LoraConfig.FileName || file.Key.EndsWith(".safetensors", StringComparison.Ordinal) || file.Key.EndsWith(".safetensors.index.json", StringComparison.Ordinal))
        .Select(file => $"{file.Key} {file.Value}")));

    private static string Tokenizer(string folder) => TextTokenizer.Load(AdapterFolder.Chain(folder)).Fingerprint;
}
