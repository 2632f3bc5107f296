using System.Text;

namespace Alignment.Data.Tokenization;

/// <summary>
/// Turns ids into text as they come, without ever giving half a character: what may still change waits for the next id. All that
/// it gives, joined, is the text that <see cref="TextTokenizer.Decode(IEnumerable{int}, bool)"/> makes of all ids.
/// Not for several threads.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly TextTokenizer _tokenizer;
    private readonly bool _skipSpecials;
    private readonly bool _cleansUp;

    // No character takes more tokens; what is still broken after so many is given as it is.
    private const int MostOpen = 64;

    // The ids that were given last stay before the open ones: a token's text may depend on whether one stands before it.
    private readonly List<int> _ids = [];
    private readonly StringBuilder _uncleaned = new();
    private int _given;
    private string _givenText = "";

    /// <summary>A decoder at the beginning of a text.</summary>
    /// <param name="tokenizer">Of the model that makes the ids.</param>
    /// <param name="skipSpecials">Whether special tokens are left out.</param>
    public StreamingDecoder(TextTokenizer tokenizer, bool skipSpecials = true)
        : this(tokenizer, skipSpecials, tokenizer?.CleansUpSpaces ?? throw new ArgumentNullException(nameof(tokenizer)))
    {
    }

    internal StreamingDecoder(TextTokenizer tokenizer, bool skipSpecials, bool cleansUp) => (_tokenizer, _skipSpecials, _cleansUp) = (tokenizer, skipSpecials, cleansUp);

    /// <summary>Takes one id.</summary>
    /// <returns>The text that is certain now; often one token's, empty while a character is open.</returns>
    public string Push(int id)
    {
        _ids.Add(id);
        var text = _tokenizer.DecodeUncleaned(_ids, _skipSpecials);
        return text.Length > _givenText.Length && (text[^1] != '\uFFFD' || _ids.Count - _given > MostOpen) ? Clean(Give(text), isLast: false) : "";
    }

    /// <summary>Ends the text: what is still open comes as it is, with U+FFFD for broken characters.</summary>
    /// <returns>The rest of the text.</returns>
    public string Finish()
    {
        var rest = Clean(Give(_tokenizer.DecodeUncleaned(_ids, _skipSpecials)), isLast: true);
        _ids.Clear();
        _given = 0;
        _givenText = "";
        return rest;
    }

    private string Give(string text)
    {
        var given = text.Length > _givenText.Length ? text[_givenText.Length..] : "";
        _ids.RemoveRange(0, _given);
        _given = _ids.Count;
        _givenText = _tokenizer.DecodeUncleaned(_ids, _skipSpecials);
        return given;
    }

    /// <summary>Cleaning looks at a few neighbouring characters from a blank on, so text waits until none of its last characters is one.</summary>
    private string Clean(string text, bool isLast)
    {
        if (!_cleansUp)
        {
            return text;
        }

        _uncleaned.Append(text);
        var open = _uncleaned.ToString();
        if (!isLast && (open.Length < TextCleanup.Longest || open.AsSpan(open.Length - TextCleanup.Longest).Contains(' ')))
        {
            return "";
        }

        _uncleaned.Clear();
        return TextCleanup.Apply(open);
    }
}
