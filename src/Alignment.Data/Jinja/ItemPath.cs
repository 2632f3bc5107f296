using System.Globalization;

namespace Alignment.Data.Jinja;

/// <summary>The attribute that filters such as <c>map</c> and <c>sort</c> are given: <c>function.name</c>, <c>0</c>.</summary>
internal static class ItemPath
{
    /// <summary>Looks it up in an item.</summary>
    /// <param name="attribute">Names with dots between them, or an index.</param>
    /// <param name="renderer">Counts the steps.</param>
    /// <param name="otherwise">Takes the place of what is missing.</param>
    public static Func<object, object> Of(object attribute, Renderer renderer, object? otherwise = null)
    {
        object[] keys = attribute is Text path
            ? [.. path.Value.Split('.').Select(part => part.Length > 0 && part.All(char.IsAsciiDigit) && part.Length < 10 ? (object)long.Parse(part, CultureInfo.InvariantCulture) : (Text)part)]
            : [attribute];
        return item =>
        {
            foreach (var key in keys)
            {
                renderer.Budget.Step();
                item = Values.Item(item, key, renderer.Budget);
                item = item is UndefinedValue && otherwise is not null ? otherwise : item;
            }

            return item;
        };
    }
}
