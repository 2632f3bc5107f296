using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Models;

/// <summary>Turns the pieces of a text into ids. Safe to use from several threads.</summary>
internal interface ITokenModel
{
    /// <summary>Adds the ids of every piece, in order.</summary>
    void Encode(PieceList pieces, List<int> ids);
}
