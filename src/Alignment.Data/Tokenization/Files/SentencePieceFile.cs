using System.Text.RegularExpressions;
using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.Normalizers;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Files;

/// <summary>
/// A SentencePiece model (Kudo and Richardson 2018), as the tokenizer classes of transformers use it: Llama's and Gemma's BPE with
/// byte fallback, T5's unigram model.
/// </summary>
internal static partial class SentencePieceFile
{
    public const string FileName = "tokenizer.model";
    public const string OtherFileName = "spiece.model";
    private const int T5ExtraIds = 100;

    // Their ids or texts are other than the file alone gives.
    private static readonly string[] OtherClasses = ["Albert", "BigBird", "DebertaV2", "FNet", "Pegasus", "RemBert", "XLNet"];

    public static TokenizerParts Read(byte[] bytes, string path, TokenizerConfig config)
    {
        if (OtherClasses.Contains(config.Class))
        {
            throw new InvalidDataException($"{path}: {config.Class} changes texts and ids in its own way, which is not supported from this file; save the tokenizer as tokenizer.json (transformers: AutoTokenizer.from_pretrained(...).save_pretrained(...)).");
        }

        var model = SentencePieceModel.Read(bytes, path);
        if (model.BlankIsSuffix)
        {
            throw new InvalidDataException($"{path}: has blanks at the ends of its tokens (treat_whitespace_as_suffix), which is not supported.");
        }

        var isT5 = config.Class == "T5" || (config.Class is null && path.EndsWith(OtherFileName, StringComparison.Ordinal));
        var definition = ReadModel(model, path, isT5 ? T5ExtraIds : 0);
        var addPrefix = config.AddPrefixSpace ?? model.AddDummyPrefix;

        // Since 2023 a tokenizer that is not "legacy" puts the blank before the whole text, not before each part between special tokens.
        var atTextStartOnly = config.Legacy == false;
        return new()
        {
            File = Path.GetFileName(path),
            Model = definition,
            AddedTokens = [.. AddedTokens(definition, model).Select(t => (t, (Func<string, InvalidDataException>)(problem => new($"{path}: {problem}."))))],
            Normalizer = ReadNormalizer(model, path, withMarks: !atTextStartOnly, addPrefix),
            PreTokenizer = atTextStartOnly ? [new MetaspaceStep(WordBoundaryStep.Mark, addPrefix ? PrependScheme.First : PrependScheme.Never, split: false)] : [],
            Decoder = TokenDecoder.SentencePiece(stripsPrefix: addPrefix),
            PostProcessor = id => isT5 ? PostProcessor.Around(null, id(SpecialRoles.Eos), secondType: 0)
                : PostProcessor.Around(config.AddBos ?? true ? id(SpecialRoles.Bos) : null, config.AddEos ?? false ? id(SpecialRoles.Eos) : null),
            Class = isT5 ? "T5" : "Llama",
            Roles = Roles(model),
        };
    }

    private static Dictionary<string, string> Roles(SentencePieceModel model)
    {
        var roles = new Dictionary<string, string>();
        foreach (var (role, id) in ((string, int)[])[(SpecialRoles.Bos, model.BosId), (SpecialRoles.Eos, model.EosId), (SpecialRoles.Unknown, model.UnknownId), (SpecialRoles.Pad, model.PadId)])
        {
            if (id >= 0 && id < model.Pieces.Count && model.Pieces[id].Kind is SentencePieceModel.Control or SentencePieceModel.Unknown)
            {
                roles[role] = model.Pieces[id].Text;
            }
        }

        return roles;
    }

    private static ModelDefinition ReadModel(SentencePieceModel model, string path, int extraIds)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < model.Pieces.Count; id++)
        {
            var text = model.Pieces[id].Text;
            if (text.Length == 0 || !ids.TryAdd(text, id))
            {
                throw new InvalidDataException($"{path}: piece {id} is {(text.Length == 0 ? "empty" : $"'{text}' again")}.");
            }
        }

        if (model.UnknownId < 0 || model.UnknownId >= model.Pieces.Count)
        {
            throw new InvalidDataException($"{path}: unk_id is {model.UnknownId}; there are {model.Pieces.Count} pieces.");
        }

        switch (model.ModelKind)
        {
            case SentencePieceModel.Unigram:
                var extra = Enumerable.Range(0, extraIds).Select(i => ($"<extra_id_{extraIds - 1 - i}>", 0.0));
                return UnigramDefinition.Of([.. model.Pieces.Select(p => (p.Text, (double)p.Score)), .. extra], model.UnknownId, model.ByteFallback, path);
            case SentencePieceModel.Bpe:
                var merged = ids.Where(e => model.Pieces[e.Value].Kind is SentencePieceModel.Normal or SentencePieceModel.UserDefined).ToDictionary(StringComparer.Ordinal);
                var ranks = model.Pieces.Select(p => p.Score).Distinct().OrderDescending().Select((score, rank) => (score, rank)).ToDictionary(p => p.score, p => p.rank);
                return new BpeDefinition
                {
                    Vocabulary = ids,
                    Merges = RankedMerges.Of(merged, id => ranks[model.Pieces[id].Score]),
                    UnknownToken = model.Pieces[model.UnknownId].Text,
                    FuseUnknown = true,
                    ByteFallback = model.ByteFallback,
                    Source = path,
                };
            default:
                throw new InvalidDataException($"{path}: is a SentencePiece model of kind {model.ModelKind}; supported are unigram (1) and BPE (2).");
        }
    }

    /// <summary>Control pieces are special, pieces that the user defined are taken whole, T5's extra ids are special.</summary>
    private static IEnumerable<AddedToken> AddedTokens(ModelDefinition definition, SentencePieceModel model)
    {
        foreach (var (token, id) in definition.Entries)
        {
            var kind = id < model.Pieces.Count ? model.Pieces[id].Kind : SentencePieceModel.Control;
            if (kind is SentencePieceModel.Control or SentencePieceModel.Unknown or SentencePieceModel.UserDefined)
            {
                yield return new(id, token, Special: kind != SentencePieceModel.UserDefined);
            }
        }
    }

    internal static Func<string, string>? ReadNormalizer(SentencePieceModel model, string path, bool withMarks, bool addPrefix)
    {
        var steps = new List<Func<string, string>>();
        if (model.CharacterMap.Length > 0)
        {
            steps.Add(PrecompiledCharacters.Read(model.CharacterMap, problem => new($"{path}: precompiled_charsmap {problem}.")).Normalize);
        }

        if (model.RemoveExtraWhitespaces)
        {
            steps.Add(text => Blanks().Replace(text.Trim(' '), " "));
        }

        if (withMarks)
        {
            var prefix = addPrefix ? WordBoundaryStep.Mark.ToString() : "";
            steps.Add(text => text.Length == 0 ? text : prefix + text.Replace(' ', WordBoundaryStep.Mark));
        }

        return steps.Count == 0 ? null : NormalizerReader.InTurn([.. steps]);
    }

    [GeneratedRegex(" {2,}", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
