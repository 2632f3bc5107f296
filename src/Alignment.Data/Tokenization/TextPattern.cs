using System.Text.RegularExpressions;

namespace Alignment.Data.Tokenization;

/// <summary>A pattern of a tokenizer file.</summary>
/// <param name="Regex">In .NET's words.</param>
/// <param name="Stands">The characters that stand for ranges of supplementary characters in it.</param>
internal sealed record TextPattern(Regex Regex, IReadOnlyList<(int First, int Last, char Stand)> Stands);
