namespace QuickstartData;

/// <summary>Questions for the value of a fact, and the same tasks turned around: for a subject that has the value.</summary>
public static class Asking
{
    /// <summary>Every question of a split.</summary>
    public static IEnumerable<Question> Questions(World world, Split split)
    {
        foreach (Relation relation in Relations.All)
        {
            foreach ((int index, string template, bool inverted) in relation.Templates(split))
            {
                foreach (Question question in inverted
                    ? relation.Values.Select(value => Inverted(world, relation, value, template, index))
                    : world.FactsOf(relation).Select(fact => Forward(fact, template, index)))
                {
                    yield return question;
                }
            }
        }
    }

    private static Question Forward(Fact fact, string template, int index)
    {
        Relation relation = fact.Relation;
        Replies Say(IEnumerable<string> values) => new(
            [.. values.SelectMany(value => relation.Answers.Select(text => Sentence.Of(relation.Fill(text, fact.Subject, value))))],
            [.. values.SelectMany(value => relation.BareAnswers.Select(text => Sentence.Of(relation.Fill(text, fact.Subject, value))))]);
        return new Question(
            Sentence.Of(relation.Fill(template, fact.Subject, fact.Value)), relation.Name, relation.Cluster, index, [fact.Value], relation.Values,
            Say([fact.Value]), Say(relation.Values.Where(value => value != fact.Value)));
    }

    private static Question Inverted(World world, Relation relation, string value, string template, int index)
    {
        string[] right = [.. world.FactsOf(relation).Where(fact => fact.Value == value).Select(fact => fact.Subject)];
        Replies Say(IEnumerable<string> subjects) => new(
            [.. subjects.Select(subject => Sentence.Of(relation.Claim(subject, value) + "."))],
            [.. subjects.SelectMany(subject => new[] { $"{relation.Article}{subject}.", $"It is {relation.Article}{subject}." }).Select(Sentence.Of)]);
        return new Question(
            Sentence.Of(relation.Fill(template, "", value)), relation.Name, relation.Cluster, index, right, relation.Subjects,
            Say(right), Say(relation.Subjects.Except(right)));
    }
}
