namespace Alignment.Data.Jinja;

/// <summary>
/// Python's <c>None</c>. The values of a template are this, <see cref="bool"/>, <see cref="long"/>, <see cref="System.Numerics.BigInteger"/>
/// (where a long is too small), <see cref="double"/>, <see cref="Text"/> and the other types of this folder whose name ends in Value; a C# null is no value.
/// </summary>
internal sealed class None
{
    public static readonly None Value = new();

    private None()
    {
    }
}
