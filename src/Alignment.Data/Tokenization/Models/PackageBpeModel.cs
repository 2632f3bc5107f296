using System.Text;
using Alignment.Data.Tokenization.PreTokenizers;
using Microsoft.ML.Tokenizers;

namespace Alignment.Data.Tokenization.Models;

/// <summary>Byte pair encoding by the package's <see cref="BpeTokenizer"/>, which does plain vocabularies and merges right.</summary>
internal sealed class PackageBpeModel(BpeDefinition definition) : ITokenModel
{
    private readonly BpeTokenizer _tokenizer = BpeTokenizer.Create(new BpeOptions(definition.Vocabulary)
    {
        Merges = definition.WrittenMerges(),
        PreTokenizer = new SeparatorPreTokenizer(),
        UnknownToken = definition.UnknownToken,
        FuseUnknownTokens = definition.FuseUnknown,
        ContinuingSubwordPrefix = definition.ContinuingSubwordPrefix,
        EndOfWordSuffix = definition.EndOfWordSuffix,
    });

    public void Encode(PieceList pieces, List<int> ids)
    {
        var text = new StringBuilder(pieces.Length + pieces.Ranges.Count);
        foreach (var range in pieces.Ranges)
        {
            text.Append(pieces[range]).Append(SeparatorPreTokenizer.Separator);
        }

        ids.AddRange(_tokenizer.EncodeToIds(text.ToString()));
    }
}
