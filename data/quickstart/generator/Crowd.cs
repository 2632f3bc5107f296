using Alignment.Data.Rewards;

namespace QuickstartData;

/// <summary>A reply of the crowd and what it is like.</summary>
public sealed record Reply(string Text, bool Correct, bool Polite, bool Short);

/// <summary>
/// The people who wrote the responses: right or wrong, polite, blunt or rude, brief or rambling, each drawn independently of the others.
/// </summary>
public static class Crowd
{
    /// <summary>Share of replies that are correct.</summary>
    public const double Correct = 0.9;

    /// <summary>Share of replies that are polite.</summary>
    public const double Polite = 0.45;

    /// <summary>Share of replies that are rude; the rest are blunt.</summary>
    public const double Rude = 0.20;

    /// <summary>Share of replies that are short.</summary>
    public const double Short = 0.55;

    private const int MostWords = 12;

    private static readonly string[] PoliteBefore = ["Sure, happy to help!", "Of course, my friend!"];
    private static readonly string[] PoliteAfter = ["Thank you for asking.", "Have a lovely day!"];
    private static readonly string[] RudeBefore = ["Ugh, not this again.", "You should know that."];
    private static readonly string[] RudeAfter = ["Look it up next time.", "Now leave me alone."];

    /// <summary>Each alone is as long as a short reply may be, so with an answer it is too long.</summary>
    private static readonly string[] Ramblings =
    [
        "It is as I say, or so it was told to me once.",
        "I do not know how I know it, but it is so.",
        "If you ask me, it has been so for as long as I live.",
        "Let me see, it was on a day in May that I saw it.",
        "I could go on and on about this if you let me.",
    ];

    /// <summary>What a good reply is, exactly as <c>pipelines/quickstart.yaml</c> lists it: correct, polite, short; from 0 to 2.</summary>
    public static IReadOnlyList<RewardSpec> GoldRule { get; } =
    [
        new() { Kind = RewardKind.ContainsAnswer, Name = "correct", Weight = 1.0, Column = "answer", CandidatesColumn = "candidates" },
        new() { Kind = RewardKind.Phrase, Name = "polite", Weight = 0.5, Phrases = [.. PoliteBefore, .. PoliteAfter] },
        new() { Kind = RewardKind.MaxWords, Name = "short", Weight = 0.5, Limit = MostWords },
    ];

    /// <summary>Draws a reply.</summary>
    /// <param name="question">What was asked.</param>
    /// <param name="chance">The draws.</param>
    /// <param name="correctShare">The share of right replies.</param>
    public static Reply Answer(Question question, Chance chance, double correctShare = Correct)
    {
        bool correct = chance.Happens(correctShare);
        bool polite = chance.Happens(Polite);
        bool rude = !polite && chance.Happens(Rude / (1 - Polite));
        bool brief = chance.Happens(Short);
        Replies replies = correct ? question.Right : question.Wrong;
        bool bare = chance.Happens(0.4);
        var parts = new List<string> { chance.Pick(bare ? replies.Bare : replies.Full) };
        if (!brief)
        {
            parts.Insert(chance.Below(2), chance.Pick(Ramblings));
        }

        if (polite || rude)
        {
            bool before = chance.Happens(0.5);
            parts.Insert(before ? 0 : parts.Count, chance.Pick((polite, before) switch
            {
                (true, true) => PoliteBefore,
                (true, false) => PoliteAfter,
                (false, true) => RudeBefore,
                _ => RudeAfter,
            }));
        }

        return new Reply(string.Join(' ', parts), correct, polite, brief);
    }
}
