namespace Alignment.Data.Collation;

/// <summary>Applies the overflow policy to row after row and keeps the counts.</summary>
internal sealed class OverflowGate(ExampleOptions options)
{
    private readonly List<string> _droppedIds = [];
    private int _rows;
    private int _dropped;
    private int _truncated;
    private int _longest;
    private long _tokensCut;

    public OverflowReport Report => new(_rows, _rows - _dropped, _dropped, _truncated, _tokensCut, _longest, _droppedIds);

    /// <summary>How many prompt tokens to cut; null where the row must be left out.</summary>
    /// <param name="id">The row.</param>
    /// <param name="prompt">Tokens that may be cut.</param>
    /// <param name="response">Tokens that may not.</param>
    /// <param name="leastPrompt">Prompt tokens that must stay.</param>
    public int? Fit(string id, int prompt, int response, int leastPrompt)
    {
        _rows++;
        _longest = Math.Max(_longest, prompt + response);
        var excess = prompt + response - options.MaxLength;
        if (excess <= 0)
        {
            return 0;
        }

        if (options.Overflow == Overflow.Error)
        {
            throw new DataFormatException(id, $"the row has {prompt + response} tokens (prompt {prompt}, response {response}), max_length is {options.MaxLength}",
                "raise max_length or set overflow: drop or overflow: truncate_prompt");
        }

        if (options.Overflow == Overflow.TruncatePrompt && prompt - excess >= leastPrompt)
        {
            _truncated++;
            _tokensCut += excess;
            return excess;
        }

        _dropped++;
        if (_droppedIds.Count < OverflowReport.ListedAtMost)
        {
            _droppedIds.Add(id);
        }

        return null;
    }

    /// <summary>The examples with the counts.</summary>
    /// <exception cref="DataFormatException">There were rows and none is left.</exception>
    public ExampleSet<T> Close<T>(IReadOnlyList<T> examples) => examples.Count > 0 || _rows == 0
        ? new ExampleSet<T>(examples, Report)
        : throw new DataFormatException(_droppedIds[0], $"this and all other rows ({_rows}) are longer than max_length {options.MaxLength}; the longest has {_longest} tokens", "raise max_length");
}
