namespace Alignment.Data.Tokenization;

/// <summary>A trained byte-level BPE: what <see cref="TokenizerFile"/> writes.</summary>
/// <param name="Tokens">Every token by id, in byte letters: special tokens, the 256 bytes, then what was merged.</param>
/// <param name="Merges">The merges, best first.</param>
/// <param name="Pattern">How the training text was cut.</param>
public sealed record TrainedBpe(IReadOnlyList<string> Tokens, IReadOnlyList<(string Left, string Right)> Merges, WordPattern Pattern);
