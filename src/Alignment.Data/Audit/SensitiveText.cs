using System.Text.RegularExpressions;

namespace Alignment.Data.Audit;

/// <summary>Patterns of personal data and of secrets. A pattern is no proof: numbers that have a check digit are checked.</summary>
internal static partial class SensitiveText
{
    private static readonly (string Name, string Sign, Regex Pattern)[] Secrets =
    [
        ("private key", "-----BEGIN", PrivateKey()),
        ("AWS key", "AKIA", AwsKey()),
        ("GitHub token", "gh", GitHubToken()),
        ("API key sk-", "sk-", SkKey()),
        ("Slack token", "xox", SlackToken()),
        ("Google API key", "AIza", GoogleKey()),
        ("JSON web token", "eyJ", WebToken()),
    ];

    /// <summary>The kind of secret; null where there is none.</summary>
    public static string? Secret(string text) =>
        Array.Find(Secrets, one => text.Contains(one.Sign, StringComparison.Ordinal) && one.Pattern.IsMatch(text)).Name;

    /// <summary>The kind of personal data; null where there is none.</summary>
    public static string? Personal(string text)
    {
        if (text.Contains('@', StringComparison.Ordinal) && Email().IsMatch(text))
        {
            return "e-mail address";
        }

        foreach (var match in Digits().EnumerateMatches(text))
        {
            if (Number(text.AsSpan(match.Index, match.Length)) is { } kind)
            {
                return kind;
            }
        }

        return null;
    }

    private static string? Number(ReadOnlySpan<char> text)
    {
        Span<int> digits = stackalloc int[20];
        var count = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                if (count == digits.Length)
                {
                    return null;
                }

                digits[count++] = c - '0';
            }
        }

        return count is >= 13 and <= 19 && digits[0] is >= 3 and <= 6 && HasLuhnDigit(digits[..count]) ? "card number"
            : SocialSecurity().IsMatch(text) ? "social security number"
            : Phone().IsMatch(text) ? "telephone number"
            : null;
    }

    private static bool HasLuhnDigit(ReadOnlySpan<int> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[digits.Length - 1 - i];
            sum += i % 2 == 0 ? digit : digit > 4 ? (2 * digit) - 9 : 2 * digit;
        }

        return sum % 10 == 0;
    }

    [GeneratedRegex(@"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----", RegexOptions.CultureInvariant)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"\bAKIA[0-9A-Z]{16}\b", RegexOptions.CultureInvariant)]
    private static partial Regex AwsKey();

    [GeneratedRegex(@"\bgh[pousr]_[A-Za-z0-9]{36,255}\b", RegexOptions.CultureInvariant)]
    private static partial Regex GitHubToken();

    [GeneratedRegex(@"\bsk-[A-Za-z0-9_-]{20,200}", RegexOptions.CultureInvariant)]
    private static partial Regex SkKey();

    [GeneratedRegex(@"\bxox[abprs]-[A-Za-z0-9-]{10,200}", RegexOptions.CultureInvariant)]
    private static partial Regex SlackToken();

    [GeneratedRegex(@"\bAIza[0-9A-Za-z_-]{35}", RegexOptions.CultureInvariant)]
    private static partial Regex GoogleKey();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.", RegexOptions.CultureInvariant)]
    private static partial Regex WebToken();

    [GeneratedRegex(@"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,5}\.[A-Za-z]{2,24}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Email();

    [GeneratedRegex(@"(?<![\w.])[+(]?[0-9][0-9 ().-]{7,24}[0-9](?![\w])", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();

    [GeneratedRegex(@"^[0-9]{3}-[0-9]{2}-[0-9]{4}$", RegexOptions.CultureInvariant)]
    private static partial Regex SocialSecurity();

    [GeneratedRegex(@"^(\+[0-9]{1,3}[ .-]?(\(?[0-9]{1,4}\)?[ .-]?){2,5}|(1[ .-])?\(?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4})$", RegexOptions.CultureInvariant)]
    private static partial Regex Phone();
}
