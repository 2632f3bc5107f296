using System.Text;
using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Files;

/// <summary>GPT-2's two files, <c>vocab.json</c> and <c>merges.txt</c>: byte-level BPE. What they leave open the tokenizer's class says.</summary>
internal static class VocabularyFiles
{
    public const string VocabularyName = "vocab.json";
    public const string MergesName = "merges.txt";

    public static TokenizerParts Read(string folder, byte[] vocabularyBytes, byte[] mergesBytes, TokenizerConfig config)
    {
        var vocabularyPath = Path.Combine(folder, VocabularyName);
        var vocabulary = VocabularyReader.Read(JsonPart.Parse(vocabularyBytes, vocabularyPath));
        var isLlama3 = Llama3.Is(config);
        var scheme = isLlama3 ? WordPattern.Gpt4 : WordPattern.Gpt2;
        var isQwen = config.Class is "Qwen2" or "Qwen3";
        var addPrefixSpace = config.AddPrefixSpace ?? false;
        return new()
        {
            File = VocabularyName,
            Model = new BpeDefinition { Vocabulary = vocabulary, Merges = ReadMerges(mergesBytes, Path.Combine(folder, MergesName), vocabulary), IgnoreMerges = isLlama3, Source = vocabularyPath },
            Normalizer = isQwen ? text => UnicodeForms.Normalize(text, NormalizationForm.FormC) : null,
            PreTokenizer = isQwen ? WordPatterns.Qwen2Steps(addPrefixSpace) : scheme == WordPattern.Gpt4 ? WordPatterns.Steps(scheme) : [new ByteLevelStep(addPrefixSpace, useRegex: true)],
            Decoder = TokenDecoder.ByteLevel(),
            PostProcessor = id => Around(id, config, isLlama3),
            Class = "GPT2",
        };
    }

    private static PostProcessor Around(Func<string, int?> id, TokenizerConfig config, bool isLlama3) =>
        config.Class is "Roberta" or "Bart" or "Longformer" && id(SpecialRoles.Cls) is { } cls && id(SpecialRoles.Sep) is { } sep ? PostProcessor.Roberta(cls, sep)
        : (config.AddBos ?? isLlama3) && id(SpecialRoles.Bos) is { } bos ? PostProcessor.Leading(bos)
        : PostProcessor.None;

    private static IReadOnlyList<BpeMerge> ReadMerges(byte[] bytes, string path, Dictionary<string, int> vocabulary)
    {
        var merges = new MergeList(vocabulary);
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))
            {
                var place = number;
                merges.Add(line, problem => new InvalidDataException($"{path}:{place}: {problem}."));
            }
        }

        return merges.Merges;
    }
}
