using System.Security.Cryptography;
using System.Text;

namespace Alignment.Data.Tokenization.Files;

/// <summary>The kinds of tokenizer files, the most telling first.</summary>
internal static class TokenizerKinds
{
    private const string TiktokenExtension = ".tiktoken";

    private static readonly string[] Names =
    [
        TokenizerDefinition.FileName, TokenizerConfig.FileName, TokenizerConfig.MapFileName, TokenizerConfig.AddedFileName,
        VocabularyFiles.VocabularyName, VocabularyFiles.MergesName, BertVocabulary.FileName, SentencePieceFile.FileName, SentencePieceFile.OtherFileName,
        XlmRobertaFile.FileName, TekkenFile.FileName,
        "chat_template.jinja", "chat_template.json",
    ];

    /// <summary>The tokenizer's files in a folder, by name.</summary>
    public static Dictionary<string, byte[]> Find(string folder) =>
        Directory.EnumerateFiles(folder).Select(p => Path.GetFileName(p)).Where(n => Names.Contains(n) || n.EndsWith(TiktokenExtension, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ToDictionary(n => n, n => File.ReadAllBytes(Path.Combine(folder, n)));

    /// <summary>SHA-256 of the names and bytes of all files but the chat template, in lower-case hexadecimal.</summary>
    public static string Hash(IReadOnlyDictionary<string, byte[]> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, bytes) in files.Where(f => !f.Key.StartsWith("chat_template", StringComparison.Ordinal)).OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{bytes.Length}\0"));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <exception cref="FileNotFoundException">The folder has no tokenizer.</exception>
    public static TokenizerParts Read(string folder, IReadOnlyDictionary<string, byte[]> files, TokenizerConfig config)
    {
        if (files.TryGetValue(TokenizerDefinition.FileName, out var json))
        {
            return TokenizerJson.Read(JsonPart.Parse(json, Path.Combine(folder, TokenizerDefinition.FileName)), config);
        }

        if (files.TryGetValue(TekkenFile.FileName, out var tekken))
        {
            return TekkenFile.Read(JsonPart.Parse(tekken, Path.Combine(folder, TekkenFile.FileName)));
        }

        foreach (var (name, bytes) in files)
        {
            var path = Path.Combine(folder, name);
            if (name.EndsWith(TiktokenExtension, StringComparison.Ordinal) || (name == SentencePieceFile.FileName && TiktokenFile.IsOne(bytes)))
            {
                return TiktokenFile.Read(bytes, path, config);
            }

            if (name == XlmRobertaFile.FileName)
            {
                return XlmRobertaFile.Read(bytes, path, config);
            }

            if (name is SentencePieceFile.FileName or SentencePieceFile.OtherFileName)
            {
                return SentencePieceFile.Read(bytes, path, config);
            }
        }

        if (files.TryGetValue(BertVocabulary.FileName, out var words))
        {
            return BertVocabulary.Read(words, Path.Combine(folder, BertVocabulary.FileName), config);
        }

        return files.TryGetValue(VocabularyFiles.VocabularyName, out var vocabulary) && files.TryGetValue(VocabularyFiles.MergesName, out var merges)
            ? VocabularyFiles.Read(folder, vocabulary, merges, config)
            : throw new FileNotFoundException(
                $"'{folder}' has no tokenizer: it needs {TokenizerDefinition.FileName}, {SentencePieceFile.FileName}, a {TiktokenExtension} file, {BertVocabulary.FileName}, or {VocabularyFiles.VocabularyName} with {VocabularyFiles.MergesName}; give a model folder in Hugging Face layout.",
                Path.Combine(folder, TokenizerDefinition.FileName));
    }
}
