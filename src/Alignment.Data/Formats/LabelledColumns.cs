using System.ComponentModel;

namespace Alignment.Data.Formats;

/// <summary>Which columns of a row hold the text and its label.</summary>
public record LabelledColumns
{
    /// <summary>The text.</summary>
    [Description("column of the text")]
    public string TextColumn { get; init; } = "text";

    /// <summary>A second text that belongs to it; rows may lack it.</summary>
    [Description("column of a second text that belongs to the first; rows may lack it")]
    public string PairColumn { get; init; } = "text_pair";

    /// <summary>The label.</summary>
    [Description("column of the label: an index, a name, or for several labels at once and for regression a list")]
    public string LabelColumn { get; init; } = "label";
}
