namespace Alignment.Core.Models;

/// <summary>How a model knows where a token stands.</summary>
public enum PositionKind
{
    /// <summary>Queries and keys turned by position, in half-split pairs: Su et al. 2021, arXiv:2104.09864.</summary>
    Rotary,

    /// <summary>A trained vector per position, added to the token's embedding.</summary>
    Learned,
}
