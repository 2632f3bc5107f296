using System.Text.RegularExpressions;

namespace Alignment.Labeling.Tests.Judging;

/// <summary>What a judge's question shows, as a model reads it.</summary>
internal sealed partial record AskedPair(string Prompt, string A, string B)
{
    public static AskedPair Of(string message)
    {
        var code = CodeOf().Match(message).Groups[1].Value;
        string Between(string what) => message.Split($"[BEGIN {what} {code}]\n")[1].Split($"\n[END {what} {code}]")[0];
        return new(Between("PROMPT"), Between("ANSWER A"), Between("ANSWER B"));
    }

    [GeneratedRegex("code of this request is ([0-9a-f]{16})")]
    private static partial Regex CodeOf();
}
