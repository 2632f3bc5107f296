using System.Globalization;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Collation;

/// <summary>How rows become examples.</summary>
public sealed record ExampleOptions
{
    /// <summary>Tokenizes; also says BOS and EOS.</summary>
    public required TextTokenizer Tokenizer { get; init; }

    /// <summary>Tokens that a sequence may have at most; prompt and response together, for prompts alone the prompt.</summary>
    public required int MaxLength { get; init; }

    /// <summary>How messages become tokens, and whether text is wrapped as messages.</summary>
    public ChatTemplate Template { get; init; } = ChatTemplate.Plain;

    /// <summary>What becomes of a longer row.</summary>
    public Overflow Overflow { get; init; } = Overflow.Error;

    /// <summary>Whether text rows are joined.</summary>
    public Packing Packing { get; init; } = Packing.None;

    /// <summary>Whether a sequence begins with the tokenizer's BOS. It stays when the prompt is cut.</summary>
    public bool AddBos { get; init; }

    /// <summary>Everything in these options that examples depend on, in words.</summary>
    internal IEnumerable<string> Inputs =>
        [Tokenizer.FilesHash, Template.Identity, MaxLength.ToString(CultureInfo.InvariantCulture), Overflow.ToString(), Packing.ToString(), AddBos.ToString()];

    internal RowTokens RowTokens => new(Tokenizer, Template, AddBos);
}
