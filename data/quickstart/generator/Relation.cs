namespace QuickstartData;

/// <summary>
/// Something that every subject of one kind has: its values and how they are talked about. In texts <c>{s}</c> is the subject and
/// <c>{v}</c> the value.
/// </summary>
/// <param name="Name">Also the name of the task that asks for it.</param>
/// <param name="Cluster">The task's cluster.</param>
/// <param name="Subjects">Who or what has it.</param>
/// <param name="Values">All values; single words, in no other relation's list.</param>
public sealed record Relation(string Name, string Cluster, IReadOnlyList<string> Subjects, IReadOnlyList<string> Values)
{
    /// <summary>Ways to ask for the value, used in training.</summary>
    public required IReadOnlyList<string> Questions { get; init; }

    /// <summary>Ways to ask for a subject that has the value: the task turned around, used in training.</summary>
    public required IReadOnlyList<string> InvertedQuestions { get; init; }

    /// <summary>Ways to ask for the value, used in the dev split only.</summary>
    public required IReadOnlyList<string> DevQuestions { get; init; }

    /// <summary>Ways to ask for the value, used in the eval split only.</summary>
    public required IReadOnlyList<string> EvalQuestions { get; init; }

    /// <summary>The templates of a split with their indices: training 0 to 9, of which the last two are turned around; dev 10, eval 11 and 12.</summary>
    public IEnumerable<(int Index, string Text, bool Inverted)> Templates(Split split)
    {
        (int first, IEnumerable<string> texts) = split switch
        {
            Split.Train => (0, Questions.Concat(InvertedQuestions)),
            Split.Dev => (Questions.Count + InvertedQuestions.Count, DevQuestions),
            _ => (Questions.Count + InvertedQuestions.Count + DevQuestions.Count, EvalQuestions),
        };
        return texts.Index().Select(text => (first + text.Index, text.Item, InvertedQuestions.Contains(text.Item)));
    }

    /// <summary>Sentences of the corpus.</summary>
    public required IReadOnlyList<string> Statements { get; init; }

    /// <summary>What the subject does, to follow its name: <c>lives in {v}</c>.</summary>
    public required string Clause { get; init; }

    /// <summary>The opposite of <see cref="Clause"/>.</summary>
    public required string NegatedClause { get; init; }

    /// <summary>Begins a list of all subjects with the value.</summary>
    public required string ListIntro { get; init; }

    /// <summary>Answers in a whole sentence.</summary>
    public required IReadOnlyList<string> Answers { get; init; }

    /// <summary>Answers in a word or two.</summary>
    public required IReadOnlyList<string> BareAnswers { get; init; }

    /// <summary>What stands before a subject's name in a sentence, e.g. <c>the </c> for things.</summary>
    public string Article { get; init; } = "";

    /// <summary>Clause and subject as a sentence without its full stop.</summary>
    public string Claim(string subject, string value) => Article + subject + " " + Clause.Replace("{v}", value);

    /// <summary>A text with its slots filled.</summary>
    public string Fill(string text, string subject, string value) =>
        text.Replace("{s}", Article + subject).Replace("{v}", value);
}
