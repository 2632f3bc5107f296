namespace Alignment.Labeling.Formats;

/// <summary>A format in which tasks go out and votes come back (docs/formats.md, docs/labelling.md).</summary>
public enum ExchangeFormat
{
    /// <summary>Our own: tasks out, votes back, one JSON object a line, nothing lost.</summary>
    Jsonl,

    /// <summary>A spreadsheet: one row a task, the verdict in a column.</summary>
    Csv,

    /// <summary>Label Studio's task list and JSON export.</summary>
    LabelStudio,

    /// <summary>Argilla's records.</summary>
    Argilla,

    /// <summary>OpenAI's preference rows. They hold decided pairs, so they only come back.</summary>
    Openai,

    /// <summary>PandaLM's test set: pairs with three people's verdicts. It only comes in.</summary>
    Pandalm,
}
