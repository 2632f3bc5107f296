namespace Alignment.Data.Tokenization;

/// <summary>A token that is found in the text itself, before the model sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">The string to look for.</param>
/// <param name="Special">Controls the model (BOS, EOS, turn marks): skipped by decoding, never found in plain text.</param>
/// <param name="SingleWord">Only where no word character touches it.</param>
/// <param name="StripLeft">Takes the blanks before it along.</param>
/// <param name="StripRight">Takes the blanks after it along.</param>
/// <param name="Normalized">Found in the text after the normalizer (special tokens: always before it).</param>
internal sealed record AddedToken(int Id, string Content, bool Special, bool SingleWord = false, bool StripLeft = false, bool StripRight = false, bool Normalized = false);
