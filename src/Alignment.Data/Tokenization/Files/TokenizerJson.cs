using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.Normalizers;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Files;

/// <summary>The file of the tokenizers library, which holds a whole tokenizer.</summary>
internal static class TokenizerJson
{
    public static TokenizerParts Read(JsonPart root, TokenizerConfig config)
    {
        var model = ReadModel(root["model"]);
        var processor = PostProcessor.Read(root.Optional("post_processor"));
        return new()
        {
            File = TokenizerDefinition.FileName,
            Model = model,
            AddedTokens = [.. (root.Optional("added_tokens")?.Items() ?? []).Select(item => (TokenizerConfig.ReadAddedToken(item), (Func<string, InvalidDataException>)item.Error))],
            Normalizer = ReadNormalizer(root.Optional("normalizer"), config),
            PreTokenizer = ReadPreTokenizer(root.Optional("pre_tokenizer"), config),
            Decoder = TokenDecoder.Read(root.Optional("decoder")),
            PostProcessor = _ => processor,
            Class = root.Optional("post_processor")?.OptionalText("type") == "RobertaProcessing" ? "Roberta" : model is WordPieceDefinition ? "Bert" : null,
        };
    }

    private static ModelDefinition ReadModel(JsonPart model)
    {
        // Files from before 2021 do not say the type.
        var type = model.OptionalText("type") ?? (model.Has("merges") ? "BPE" : model.Has("unk_id") ? "Unigram" : model.Has("max_input_chars_per_word") ? "WordPiece" : "(without type and merges)");
        return type switch
        {
            "BPE" => BpeDefinition.Read(model),
            "WordPiece" => WordPieceDefinition.Read(model),
            "WordLevel" => WordLevelDefinition.Read(model),
            "Unigram" => UnigramDefinition.Read(model),
            _ => throw model.Unsupported($"a model of type {type}"),
        };
    }

    /// <summary>A BERT's configuration may say otherwise than its tokenizer.json, and wins.</summary>
    private static Func<string, string>? ReadNormalizer(JsonPart? part, TokenizerConfig config)
    {
        if (part is not { } normalizer || normalizer.Type != "BertNormalizer")
        {
            return NormalizerReader.Read(part);
        }

        var bert = BertNormalizer.Read(normalizer);
        return (bert with
        {
            Lowercase = config.DoLowerCase ?? bert.Lowercase,
            StripAccents = config.StripAccents ?? bert.StripAccents,
            HandleChineseChars = config.TokenizeChineseChars ?? bert.HandleChineseChars,
        }).Normalize;
    }

    /// <summary>The same with the blank before the first word of a byte-level tokenizer.</summary>
    private static IPreTokenizationStep[] ReadPreTokenizer(JsonPart? part, TokenizerConfig config) =>
        part is { } bytes && bytes.Type == "ByteLevel" && config.AddPrefixSpace is { } addPrefixSpace
            ? [new ByteLevelStep(addPrefixSpace, bytes.OptionalFlag("use_regex", missing: true))]
            : [.. PreTokenizerReader.Read(part)];
}
