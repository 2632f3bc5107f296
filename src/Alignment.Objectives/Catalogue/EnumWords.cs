using System.Text.Json;

namespace Alignment.Objectives.Catalogue;

/// <summary>Enumerations as words in snake_case.</summary>
internal static class EnumWords
{
    public static IReadOnlyList<string> Of<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(Word)];

    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    public static T Parse<T>(string word)
        where T : struct, Enum => Enum.GetValues<T>().First(value => Word(value) == word);
}
