namespace Alignment.Data.Jinja;

/// <summary>What may stand behind <c>|</c>.</summary>
internal static class Filters
{
    private static readonly Dictionary<string, Func<object, CallArguments, Renderer, object>> All =
        new([.. TextFilters.All, .. NumberFilters.All, .. SequenceFilters.All, .. SelectingFilters.All], StringComparer.Ordinal);

    /// <summary>Whether there is a filter of that name.</summary>
    public static bool Exists(string name) => All.ContainsKey(name);

    /// <summary>The filter's result.</summary>
    /// <exception cref="JinjaException">The value or the arguments do not fit.</exception>
    public static object Apply(string name, object value, CallArguments arguments, Renderer renderer) => All.TryGetValue(name, out var filter)
        ? filter(value, arguments, renderer)
        : throw new JinjaException($"there is no filter '{name}'");
}
