namespace Alignment.Data.Jinja;

/// <summary>What <c>namespace()</c> makes: attributes that templates can set, also from inside of loops.</summary>
internal sealed class NamespaceValue
{
    /// <summary>The attributes.</summary>
    public Dictionary<string, object> Attributes { get; } = new(StringComparer.Ordinal);
}
