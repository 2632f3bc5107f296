namespace QuickstartData;

/// <summary>One fact of the closed world.</summary>
/// <param name="Relation">What about.</param>
/// <param name="Subject">Of whom or what.</param>
/// <param name="Value">The truth.</param>
public sealed record Fact(Relation Relation, string Subject, string Value);

/// <summary>The facts of the closed world. Every split may ask about each; the splits differ in how they ask.</summary>
public sealed class World
{
    private readonly Dictionary<(string Relation, string Subject), Fact> _facts = [];

    /// <summary>Draws a world.</summary>
    public World(long seed)
    {
        var chance = new Chance(seed, "world");
        foreach (Relation relation in Relations.All)
        {
            // Every value about equally often, so that a frequent value is never a good guess.
            string[] subjects = chance.Shuffled(relation.Subjects);
            string[] values = chance.Shuffled(relation.Values);
            for (int i = 0; i < subjects.Length; i++)
            {
                _facts.Add((relation.Name, subjects[i]), new Fact(relation, subjects[i], values[i % values.Length]));
            }
        }
    }

    /// <summary>Every fact, in the order of relations and subjects.</summary>
    public IEnumerable<Fact> Facts => Relations.All.SelectMany(FactsOf);

    /// <summary>The facts of one relation, in the order of its subjects.</summary>
    public IEnumerable<Fact> FactsOf(Relation relation) => relation.Subjects.Select(subject => _facts[(relation.Name, subject)]);
}
