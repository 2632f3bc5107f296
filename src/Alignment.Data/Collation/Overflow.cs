namespace Alignment.Data.Collation;

/// <summary>What becomes of a row with more tokens than allowed. A response is never cut.</summary>
public enum Overflow
{
    /// <summary>Stop and name the row.</summary>
    Error,

    /// <summary>Leave the row out and count it.</summary>
    Drop,

    /// <summary>Cut tokens off the beginning of the prompt and count them; a row whose response leaves no room for a prompt is dropped.</summary>
    TruncatePrompt,
}
