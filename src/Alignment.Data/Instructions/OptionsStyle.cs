namespace Alignment.Data.Instructions;

/// <summary>What stands in a template's place for the options.</summary>
public enum OptionsStyle
{
    /// <summary><c>OPTIONS:</c> and a line <c>- option</c> for each (FLAN).</summary>
    List,

    /// <summary><c>(A) one (B) other</c>.</summary>
    Letters,

    /// <summary><c>one, other or third</c>.</summary>
    Inline,
}
