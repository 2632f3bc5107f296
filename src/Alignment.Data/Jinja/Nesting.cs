namespace Alignment.Data.Jinja;

/// <summary>How deep values lie in each other. Bounded, so that nothing that walks through a value can run away.</summary>
internal static class Nesting
{
    private const int Most = 80;

    /// <summary>Levels of lists and dictionaries; 0 for what holds nothing.</summary>
    public static int Of(object value) => value switch
    {
        ListValue list => list.Depth,
        DictValue dict => dict.Depth,
        _ => 0,
    };

    /// <summary>A level around another.</summary>
    /// <exception cref="JinjaException">Too deep.</exception>
    public static int Around(int inner) => inner < Most ? inner + 1 : throw new JinjaException($"a value is nested more than {Most} deep");
}
