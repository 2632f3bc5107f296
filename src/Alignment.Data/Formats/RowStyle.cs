namespace Alignment.Data.Formats;

/// <summary>Whether converted rows hold texts or messages.</summary>
public enum RowStyle
{
    /// <summary>As the source has them.</summary>
    Keep,

    /// <summary>Texts, where a conversation is one question and one answer.</summary>
    Standard,

    /// <summary>Messages.</summary>
    Conversational,
}
