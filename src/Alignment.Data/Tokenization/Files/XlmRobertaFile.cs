using Alignment.Data.Tokenization.Models;

namespace Alignment.Data.Tokenization.Files;

/// <summary>
/// XLM-R's SentencePiece model. Its ids are fairseq's: <c>&lt;s&gt; &lt;pad&gt; &lt;/s&gt; &lt;unk&gt;</c>, the pieces of the file behind its
/// own three special ones, and <c>&lt;mask&gt;</c> last (<c>XLMRobertaTokenizer</c> in transformers).
/// </summary>
internal static class XlmRobertaFile
{
    public const string FileName = "sentencepiece.bpe.model";
    public const string Class = "XLMRoberta";
    private const string Mask = "<mask>";
    private const int OwnSpecials = 3;

    private static readonly string[] Leading = ["<s>", "<pad>", "</s>", "<unk>"];

    public static TokenizerParts Read(byte[] bytes, string path, TokenizerConfig config)
    {
        if (config.Class is not (null or Class or "PreTrained"))
        {
            throw new InvalidDataException($"{path}: {config.Class} orders the pieces of this file in its own way, which is not supported; save the tokenizer as tokenizer.json (transformers: AutoTokenizer.from_pretrained(...).save_pretrained(...)).");
        }

        var model = SentencePieceModel.Read(bytes, path);
        if (model.ModelKind != SentencePieceModel.Unigram || model.Pieces.Count <= OwnSpecials || model.Pieces[..OwnSpecials].Any(p => p.Kind is not (SentencePieceModel.Control or SentencePieceModel.Unknown)))
        {
            throw new InvalidDataException($"{path}: is not XLM-R's: that is a unigram model which begins with three special pieces; save the tokenizer as tokenizer.json.");
        }

        var pieces = Leading.Select(token => (token, 0.0)).Concat(model.Pieces.Skip(OwnSpecials).Select(p => (p.Text, (double)p.Score))).Append((Mask, 0.0)).ToList();
        var definition = UnigramDefinition.Of(pieces, Array.IndexOf(Leading, "<unk>"), byteFallback: false, path);
        Func<string, InvalidDataException> error = problem => new($"{path}: {problem}.");
        return new()
        {
            File = FileName,
            Model = definition,
            AddedTokens = [.. Leading.Select((token, id) => (new AddedToken(id, token, Special: true), error)), (new AddedToken(pieces.Count - 1, Mask, Special: true, StripLeft: true), error)],
            Normalizer = SentencePieceFile.ReadNormalizer(model, path, withMarks: true, addPrefix: true),
            Decoder = TokenDecoder.SentencePiece(stripsPrefix: true),
            PostProcessor = _ => PostProcessor.Roberta(Array.IndexOf(Leading, "<s>"), Array.IndexOf(Leading, "</s>")),
            Class = Class,
        };
    }
}
