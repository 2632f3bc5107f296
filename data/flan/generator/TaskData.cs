using System.Text.Json.Nodes;
using QuickstartData;

namespace FlanData;

/// <summary>Labelled rows of tasks about the quickstart's world.</summary>
public static class TaskData
{
    private const int WordRows = 160;

    private static readonly Relation[] Checked = [Relations.Home, Relations.Food, Relations.Material];
    private static readonly Relation[] Chosen = [Relations.Home, Relations.Job, Relations.Pet, Relations.Material, Relations.River];
    private static readonly Relation[] Matched = [Relations.Home, Relations.Food, Relations.Music];

    private static readonly (string Kind, Relation Relation)[] Kinds =
        [("food", Relations.Food), ("colour", Relations.Colour), ("animal", Relations.Pet), ("instrument", Relations.Music), ("job", Relations.Job), ("town", Relations.Home)];

    /// <summary>Writes every file into a folder.</summary>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var world = new World(DataSet.Seed);
        void File(string name, Func<Chance, IEnumerable<JsonObject>> rows) => Lines.Write(Path.Combine(folder, name + ".jsonl"), rows(new Chance(DataSet.Seed, "flan " + name)));

        foreach (Relation relation in Relations.All)
        {
            File(relation.Name, chance => chance.Shuffled(world.FactsOf(relation)).Select(fact => Row(("subject", relation.Article + fact.Subject), ("value", fact.Value))));
        }

        foreach (Relation relation in Checked)
        {
            File("check_" + relation.Name, chance => chance.Shuffled(world.FactsOf(relation).SelectMany(fact => Claims(fact, chance))));
        }

        foreach (Relation relation in Chosen)
        {
            File("choose_" + relation.Name, chance => chance.Shuffled(world.FactsOf(relation).SelectMany(fact => Choices(fact, chance))));
        }

        foreach (Relation relation in Matched)
        {
            File("match_" + relation.Name, chance => chance.Shuffled(world.FactsOf(relation).SelectMany(fact => Matches(world, fact, chance))));
        }

        File("kinds", KindRows);
        File("lists", chance => Enumerable.Range(0, WordRows).Select(_ => List(chance)).DistinctBy(row => row["items"]!.ToString()));
    }

    /// <summary>A true and a false claim.</summary>
    private static IEnumerable<JsonObject> Claims(Fact fact, Chance chance)
    {
        string wrong = Other(fact, chance);
        yield return Row(("claim", fact.Relation.Claim(fact.Subject, fact.Value)), ("truth", "yes"));
        yield return Row(("claim", fact.Relation.Claim(fact.Subject, wrong)), ("truth", "no"));
    }

    /// <summary>Two values, the right one once first and once second.</summary>
    private static IEnumerable<JsonObject> Choices(Fact fact, Chance chance)
    {
        foreach (bool first in (bool[])[true, false])
        {
            string wrong = Other(fact, chance);
            yield return Pair(("subject", fact.Relation.Article + fact.Subject), fact.Value, wrong, first);
        }
    }

    /// <summary>Two subjects, of which one has the value.</summary>
    private static IEnumerable<JsonObject> Matches(World world, Fact fact, Chance chance)
    {
        string clause = fact.Relation.Clause.Replace("{v}", fact.Value);
        foreach (bool first in (bool[])[true, false])
        {
            string wrong = chance.Pick([.. world.FactsOf(fact.Relation).Where(other => other.Value != fact.Value).Select(other => other.Subject)]);
            yield return Pair(("does", clause), fact.Subject, wrong, first);
        }
    }

    private static JsonObject Pair((string, string) about, string right, string wrong, bool first)
    {
        (string a, string b) = first ? (right, wrong) : (wrong, right);
        JsonObject row = Row(about, ("a", a), ("b", b), ("value", right));
        row["options"] = new JsonArray(a, b);
        return row;
    }

    private static IEnumerable<JsonObject> KindRows(Chance chance)
    {
        foreach ((string kind, string word) in chance.Shuffled(Kinds.SelectMany(one => one.Relation.Values.Select(word => (one.Kind, word)))))
        {
            yield return Row(("word", word), ("kind", kind), ("asked", kind), ("truth", "yes"));
            yield return Row(("word", word), ("kind", kind), ("asked", chance.Pick([.. Kinds.Select(one => one.Kind).Where(other => other != kind)])), ("truth", "no"));
        }
    }

    private static JsonObject List(Chance chance)
    {
        string[] words = chance.Shuffled(Relations.All.SelectMany(relation => relation.Values).Distinct())[..(3 + chance.Below(3))];
        return Row(("items", string.Join(", ", words)), ("first", words[0]), ("last", words[^1]));
    }

    private static string Other(Fact fact, Chance chance) => chance.Pick([.. fact.Relation.Values.Where(value => value != fact.Value)]);

    private static JsonObject Row(params (string Name, string Text)[] columns) => new(columns.Select(column => KeyValuePair.Create(column.Name, (JsonNode?)column.Text)));
}
