namespace Alignment.Labeling.Judging;

/// <summary>What makes an answer better, where the user does not say.</summary>
public static class JudgeRubric
{
    /// <summary>The longest rubric, in bytes of UTF-8.</summary>
    public const int LongestBytes = 64 << 10;

    /// <summary>The built-in rubric.</summary>
    public const string Default = """
        Decide which answer serves the person who wrote the prompt better. Weigh in this order:
        1. Correctness. Facts, reasoning and code are right. An answer that is wrong in what matters loses to one that is right.
        2. Instructions. It does what was asked, all of it, in the form, language and length that was asked for.
        3. Use. It is complete where that helps, says what is uncertain, and refuses only what ought to be refused.
        4. Clarity. It is well ordered and to the point. More words are no merit: of two equally good answers the shorter one is better.
        Do not heed which answer stands first, how sure it sounds, how it is decorated, or who may have written it.
        Say that it is a tie when a careful reader would not mind which one to get, and that both are bad when neither would help.
        """;

    /// <summary>Reads a rubric.</summary>
    /// <param name="path">A text file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is empty or too long.</exception>
    public static string Read(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > LongestBytes)
        {
            throw new InvalidDataException($"{path}: the rubric has {length} bytes; at most {LongestBytes}, since it is sent with every question");
        }

        var text = File.ReadAllText(path).Trim();
        return text.Length > 0 ? text : throw new InvalidDataException($"{path}: the rubric is empty; say what makes an answer better");
    }
}
