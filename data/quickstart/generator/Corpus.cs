namespace QuickstartData;

/// <summary>Short texts that tell the world: every fact, again and again, in many wordings.</summary>
public static class Corpus
{
    /// <summary>
    /// The texts in random order. One round tells every fact once in running text, puts claims about a quarter of them right and lists some;
    /// besides, some of the questions that training may ask are answered, all rightly, in the manners of the crowd.
    /// </summary>
    public static string[] Texts(World world, IEnumerable<Question> answered, int rounds, Chance chance)
    {
        var texts = new List<string>();
        texts.AddRange(answered.Select(question => $"{question.Text} {Crowd.Answer(question, chance, correctShare: 1).Text}"));
        var bySubject = world.Facts.GroupBy(fact => fact.Subject).ToList();
        Fact[] facts = [.. world.Facts];
        for (int round = 0; round < rounds; round++)
        {
            foreach (var subject in bySubject)
            {
                foreach (Fact[] group in chance.Shuffled(subject).Chunk(2 + chance.Below(2)))
                {
                    texts.Add(Tell(group, chance));
                }
            }

            texts.AddRange(chance.Shuffled(facts).Take(facts.Length / 4).Select(fact => Hearsay(fact, chance)));
            texts.AddRange(chance.Shuffled(Groups(world)).Take(8).Select(group => Enumeration(group, chance)));
        }

        return chance.Shuffled(texts);
    }

    private static string Tell(Fact[] facts, Chance chance)
    {
        if (facts.Length == 2 && chance.Happens(0.3))
        {
            Fact first = facts[0];
            string second = facts[1].Relation.Clause.Replace("{v}", facts[1].Value);
            return Sentence.Of($"{first.Relation.Claim(first.Subject, first.Value)} and {second}.");
        }

        return string.Join(' ', facts.Select(fact => Sentence.Of(fact.Relation.Fill(chance.Pick(fact.Relation.Statements), fact.Subject, fact.Value))));
    }

    /// <summary>Claims put right: what a model needs to learn to compare a claim with what it knows.</summary>
    private static string Hearsay(Fact fact, Chance chance)
    {
        string truth = fact.Relation.Claim(fact.Subject, fact.Value);
        if (chance.Happens(0.5))
        {
            return chance.Pick([$"Some say that {truth}. That is right.", $"Yes, {truth}.", $"It is right that {truth}."]);
        }

        string wrong = chance.Pick([.. fact.Relation.Values.Where(value => value != fact.Value)]);
        string claim = fact.Relation.Claim(fact.Subject, wrong);
        string denial = $"{fact.Relation.Article}{fact.Subject} {fact.Relation.NegatedClause.Replace("{v}", wrong)}";
        return chance.Pick([$"Some say that {claim}. That is wrong: {truth}.", $"No, {denial}.", $"It is wrong that {claim}."]);
    }

    private static IEnumerable<IGrouping<(Relation, string), Fact>> Groups(World world) =>
        world.Facts.GroupBy(fact => (fact.Relation, fact.Value));

    private static string Enumeration(IGrouping<(Relation Relation, string Value), Fact> group, Chance chance)
    {
        (Relation relation, string value) = group.Key;
        string[] names = chance.Shuffled(group.Select(fact => relation.Article + fact.Subject));
        return $"{relation.ListIntro.Replace("{v}", value)} {Sentence.List(names)}.";
    }
}
