namespace Alignment.Data.Collation;

/// <summary>When an epoch over several sources ends.</summary>
public enum MixStop
{
    /// <summary>Before a source would give a row twice.</summary>
    FirstExhausted,

    /// <summary>Once every source has given all its rows; the others give theirs again.</summary>
    AllExhausted,
}
