namespace Alignment.Data.Tokenization;

/// <summary>The special tokens of tokenizers that are trained here; their ids are their places in <see cref="All"/>.</summary>
public static class SpecialTokens
{
    /// <summary>Fills rows of a batch; masks never depend on it.</summary>
    public const string Pad = "<|pad|>";

    /// <summary>The beginning of a text, for models that want one.</summary>
    public const string Bos = "<|bos|>";

    /// <summary>The beginning of a ChatML turn.</summary>
    public const string ImStart = "<|im_start|>";

    /// <summary>The end of a ChatML turn, and the one EOS.</summary>
    public const string ImEnd = "<|im_end|>";

    /// <summary>All of them, by id.</summary>
    public static IReadOnlyList<string> All { get; } = [Pad, Bos, ImStart, ImEnd];
}
