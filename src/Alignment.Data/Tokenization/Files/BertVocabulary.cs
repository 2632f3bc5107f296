using System.Text;
using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.Normalizers;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Files;

/// <summary>BERT's <c>vocab.txt</c>: one token a line, its id is the number of the line.</summary>
internal static class BertVocabulary
{
    public const string FileName = "vocab.txt";

    public static TokenizerParts Read(byte[] bytes, string path, TokenizerConfig config)
    {
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8);
        for (var id = 0; reader.ReadLine() is { } line; id++)
        {
            vocabulary[line.TrimEnd()] = id < ModelDefinition.IdLimit ? id : throw new InvalidDataException($"{path}: has more than {ModelDefinition.IdLimit} lines.");
        }

        var unknown = config.Role(SpecialRoles.Unknown, "Bert") ?? "[UNK]";
        if (!vocabulary.ContainsKey(unknown))
        {
            throw new InvalidDataException($"{path}: the unk_token '{unknown}' is not in it; it must hold one token a line.");
        }

        return new()
        {
            File = FileName,
            Model = new WordPieceDefinition { Vocabulary = vocabulary, UnknownToken = unknown, Source = path },
            Normalizer = new BertNormalizer(HandleChineseChars: config.TokenizeChineseChars ?? true, StripAccents: config.StripAccents, Lowercase: config.DoLowerCase ?? true).Normalize,
            PreTokenizer = PreTokenizerReader.Bert(),
            Decoder = TokenDecoder.WordPiece(),
            PostProcessor = id => id(SpecialRoles.Cls) is { } cls && id(SpecialRoles.Sep) is { } sep ? PostProcessor.Bert(cls, sep)
                : throw new InvalidDataException($"{path}: it has no cls_token or no sep_token; declare them in {TokenizerConfig.FileName}."),
            Class = "Bert",
        };
    }
}
