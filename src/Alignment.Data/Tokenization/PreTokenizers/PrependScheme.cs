namespace Alignment.Data.Tokenization.PreTokenizers;

/// <summary>Which pieces begin with a mark for a blank although the text has none there.</summary>
internal enum PrependScheme
{
    /// <summary>Every piece.</summary>
    Always,

    /// <summary>The piece that the text begins with.</summary>
    First,

    /// <summary>None.</summary>
    Never,
}
