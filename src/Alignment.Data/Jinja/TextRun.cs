namespace Alignment.Data.Jinja;

/// <summary>UTF-16 units from <paramref name="Start"/> up to, not including, <paramref name="End"/> that share an origin.</summary>
internal readonly record struct TextRun(int Start, int End, TextOrigin Origin);
