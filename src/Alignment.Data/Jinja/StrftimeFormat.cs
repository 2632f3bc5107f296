using System.Globalization;
using System.Text;

namespace Alignment.Data.Jinja;

/// <summary>C's <c>strftime</c>, in English.</summary>
internal static class StrftimeFormat
{
    /// <summary>The time in a format such as <c>%d %b %Y</c>; a letter that is unknown stays as it is.</summary>
    public static string Apply(string format, DateTimeOffset time, Budget budget)
    {
        var result = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            budget.Step();
            if (format[i] != '%' || i + 1 == format.Length)
            {
                result.Append(format[i]);
                continue;
            }

            var bare = format[i + 1] == '-' && i + 2 < format.Length;
            i += bare ? 2 : 1;
            var part = Part(format[i], time) ?? (bare ? $"%-{format[i]}" : $"%{format[i]}");
            result.Append(bare ? part.TrimStart('0') is { Length: > 0 } digits ? digits : "0" : part);
        }

        return result.ToString();
    }

    private static string? Part(char letter, DateTimeOffset time) => letter switch
    {
        'Y' => Show(time, "yyyy"),
        'y' => Show(time, "yy"),
        'm' => Show(time, "MM"),
        'B' => Show(time, "MMMM"),
        'b' or 'h' => Show(time, "MMM"),
        'd' => Show(time, "dd"),
        'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'A' => Show(time, "dddd"),
        'a' => Show(time, "ddd"),
        'H' => Show(time, "HH"),
        'I' => Show(time, "hh"),
        'M' => Show(time, "mm"),
        'S' => Show(time, "ss"),
        'f' => Show(time, "ffffff"),
        'p' => Show(time, "tt"),
        'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'u' => (time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'D' or 'x' => Show(time, "MM/dd/yy"),
        'F' => Show(time, "yyyy-MM-dd"),
        'T' or 'X' => Show(time, "HH:mm:ss"),
        'R' => Show(time, "HH:mm"),
        'c' => $"{Show(time, "ddd MMM")} {Part('e', time)} {Show(time, "HH:mm:ss yyyy")}",
        's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'z' or 'Z' => "",
        'n' => "\n",
        't' => "\t",
        '%' => "%",
        _ => null,
    };

    private static string Show(DateTimeOffset time, string pattern) => time.ToString(pattern, CultureInfo.InvariantCulture);
}
