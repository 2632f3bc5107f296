namespace Alignment.Data.Tokenization.Models;

/// <summary>Two neighbours that become one token. The lowest rank is merged first; of equal ranks the leftmost.</summary>
/// <param name="Left">Id of the left token.</param>
/// <param name="Right">Id of the right token.</param>
/// <param name="Rank">Place in the order of merging; merges that make the same token may share it.</param>
/// <param name="Id">Id of the token that comes out.</param>
internal readonly record struct BpeMerge(int Left, int Right, int Rank, int Id);
