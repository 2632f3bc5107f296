namespace QuickstartData;

/// <summary>Yes or no questions about what somebody claims; half of the claims are wrong.</summary>
public static class Checking
{
    /// <summary>The cluster's name.</summary>
    public const string Cluster = "checking";

    /// <summary>What claims are about.</summary>
    public static readonly IReadOnlyList<Relation> About = [Relations.Home];

    private static readonly string[] Templates =
    [
        "Is it true that {c}?", "Yes or no: {c}?", "Somebody told me that {c}. Is that right?", "Is it right to say that {c}?",
        "Would you agree that {c}?", "Can you confirm that {c}?", "I hear that {c}. Is that so?", "I read that {c}. Is it true?",
        "Please check this for me: {c}.", "Do you think that {c}?",
    ];

    private static readonly string[] DevTemplates = ["Could you confirm that {c}?"];

    private static readonly string[] EvalTemplates = ["Am I right to say that {c}?", "Somebody told me that {c}. Is it true?"];

    /// <summary>Every question of a split: for each fact and template a true and a false claim.</summary>
    public static IEnumerable<Question> Questions(World world, Split split, Chance chance)
    {
        (int first, string[] templates) = split switch
        {
            Split.Train => (0, Templates),
            Split.Dev => (Templates.Length, DevTemplates),
            _ => (Templates.Length + DevTemplates.Length, EvalTemplates),
        };
        foreach (Fact fact in About.SelectMany(world.FactsOf))
        {
            string[] wrong = [.. fact.Relation.Values.Where(value => value != fact.Value)];
            foreach ((int index, string template) in templates.Index())
            {
                yield return Ask(fact, fact.Value, template, first + index);
                yield return Ask(fact, chance.Pick(wrong), template, first + index);
            }
        }
    }

    private static Question Ask(Fact fact, string claimed, string template, int index)
    {
        Relation relation = fact.Relation;
        string claim = relation.Claim(fact.Subject, claimed);
        var yes = new Replies([$"Yes, {claim}.", "Yes, that is right."], ["Yes."]);
        var no = new Replies([$"No, {fact.Subject} {relation.NegatedClause.Replace("{v}", claimed)}.", "No, that is wrong."], ["No."]);
        bool isTrue = claimed == fact.Value;
        return new Question(
            Sentence.Of(template.Replace("{c}", claim)), "check_" + relation.Name, Cluster, index, [isTrue ? "yes" : "no"], ["yes", "no"],
            isTrue ? yes : no, isTrue ? no : yes);
    }
}
