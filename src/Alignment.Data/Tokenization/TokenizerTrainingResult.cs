namespace Alignment.Data.Tokenization;

/// <summary>What a tokenizer training did.</summary>
/// <param name="VocabularySize">Tokens in all; less than asked for where the text has no more pairs.</param>
/// <param name="Texts">Texts read.</param>
/// <param name="Bytes">Their size in UTF-8 bytes.</param>
/// <param name="Fingerprint">The new tokenizer's <see cref="TextTokenizer.Fingerprint"/>.</param>
public sealed record TokenizerTrainingResult(int VocabularySize, long Texts, long Bytes, string Fingerprint);
