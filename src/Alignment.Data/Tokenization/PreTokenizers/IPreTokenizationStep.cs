namespace Alignment.Data.Tokenization.PreTokenizers;

/// <summary>One step of a tokenizer file's <c>pre_tokenizer</c>: cuts pieces further or rewrites them.</summary>
internal interface IPreTokenizationStep
{
    /// <summary>The pieces after this step; the given list may be changed and returned.</summary>
    PieceList Apply(PieceList pieces);
}
