using System.Globalization;
using System.Text.RegularExpressions;

namespace Alignment.Core.Lora;

/// <summary>PEFT's ways to name modules: the full name, the end of one after a dot, a regular expression.</summary>
internal static class ModuleNames
{
    // Patterns come from files; none may run away.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether the name is the given one or ends in it after a dot.</summary>
    public static bool EndsIn(string module, string name) =>
        module.EndsWith(name, StringComparison.Ordinal) && (module.Length == name.Length || module[module.Length - name.Length - 1] == '.');

    /// <summary>Whether the module, or one that it lies in, ends in the name.</summary>
    public static bool LiesIn(string module, string name)
    {
        for (var end = module.Length; end > 0; end = module.LastIndexOf('.', end - 1))
        {
            if (EndsIn(module[..end], name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a regular expression describes the whole name.</summary>
    /// <exception cref="InvalidDataException">The expression is none, or takes too long.</exception>
    public static bool Matches(string module, string pattern)
    {
        try
        {
            return Regex.IsMatch(module, $@"\A(?:{pattern})\z", RegexOptions.CultureInvariant, Longest);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new InvalidDataException($"the regular expression '{pattern}' takes too long on '{module}'; write it without nested repetitions", error);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"'{pattern}' is not a regular expression: {error.Message}", error);
        }
    }

    /// <summary>The first part of a name that is a number; null when none is.</summary>
    public static int? LayerOf(string module)
    {
        foreach (var part in module.Split('.'))
        {
            if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var layer))
            {
                return layer;
            }
        }

        return null;
    }

    /// <summary>The first key that is the name, an end of it, or a regular expression for either; null when there is none.</summary>
    public static string? Find(IEnumerable<string> keys, string module) => keys.FirstOrDefault(key => Matches(module, $@"(?:.*\.)?(?:{key})"));
}
