using Alignment.Core.Lora;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;
using static TorchSharp.torch;

namespace Alignment.Rollouts;

/// <summary>Whether model folders belong together.</summary>
public static class FolderContract
{
    /// <summary>Refuses a folder whose tokenizer is not the policy's.</summary>
    /// <param name="folder">A model or adapter folder.</param>
    /// <param name="option">The option that names it, for messages.</param>
    /// <param name="tokenizer">The policy's.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="InvalidDataException">It is another tokenizer.</exception>
    public static string CheckTokenizer(string folder, string option, TextTokenizer tokenizer)
    {
        var other = TextTokenizer.Load(AdapterFolder.Chain(folder)).Fingerprint;
        return other == tokenizer.Fingerprint
            ? folder
            : throw new InvalidDataException(
                $"{option} '{folder}': its tokenizer.json (sha256 {other[..12]}…) is not the policy's ({tokenizer.Fingerprint[..12]}…), so the same ids are other texts to it; give one that was trained with the policy's tokenizer");
    }

    /// <summary>Refuses a template whose end of a response is not the model's.</summary>
    /// <param name="name">The template's name in the options.</param>
    /// <param name="template">The template.</param>
    /// <param name="tokenizer">The policy's.</param>
    /// <param name="folder">The policy's folder.</param>
    /// <param name="stopIds">What ends a response of it.</param>
    /// <exception cref="InvalidDataException">They have no token in common.</exception>
    public static void CheckTemplate(string name, ChatTemplate template, TextTokenizer tokenizer, string folder, IReadOnlyList<int> stopIds)
    {
        var stops = template.StopIds(tokenizer);
        if (!stops.Any(stopIds.Contains))
        {
            throw new InvalidDataException(
                $"data.template {name} ends a response by {string.Join(" or ", stops.Select(tokenizer.TokenText))}, the model '{folder}' by {string.Join(", ", stopIds.Select(tokenizer.TokenText))}; use the template that the model was trained with");
        }
    }

    /// <summary>Takes a model out of training.</summary>
    /// <param name="model">Its parameters ask for no gradient any more.</param>
    public static void Freeze(nn.Module model)
    {
        foreach (var parameter in model.parameters())
        {
            parameter.requires_grad = false;
        }
    }
}
