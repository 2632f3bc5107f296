namespace QuickstartData;

/// <summary>A question of the held-out cluster with two responses to choose from.</summary>
/// <param name="Text">The prompt.</param>
/// <param name="Task">The task's name.</param>
/// <param name="Template">Index of the task's template.</param>
/// <param name="Answer">The right value.</param>
/// <param name="Candidates">The two values.</param>
/// <param name="Choices">The two values as responses, in the same order.</param>
/// <param name="Choice">Index of the right one.</param>
public sealed record Alternative(
    string Text, string Task, int Template, string Answer, IReadOnlyList<string> Candidates, IReadOnlyList<string> Choices, int Choice);

/// <summary>The cluster that no training file has: which of two values is right.</summary>
public static class Choosing
{
    /// <summary>The cluster's name.</summary>
    public const string Cluster = "choosing";

    private static readonly IReadOnlyList<(Relation About, string Choice, string[] Templates)> Tasks =
    [
        (Relations.Home, "{v}.",
        [
            "Does {s} live in {a} or in {b}?", "{a} or {b}: which is the home town of {s}?", "Choose the town where {s} lives: {a} or {b}.",
            "Which of the two is the home of {s}, {a} or {b}?", "To visit {s}, should I go to {a} or to {b}?",
            "Is the house of {s} in {a} or in {b}?", "Either {a} or {b} is the home town of {s}. Which one?",
            "Will I find {s} in {a} or in {b}?", "Pick one: {s} lives in {a}, or {s} lives in {b}.", "Is {s} from {a} or from {b}?",
        ]),
        (Relations.Job, "A {v}.",
        [
            "Is {s} a {a} or a {b}?", "{a} or {b}: what is the job of {s}?", "Choose the job of {s}: {a} or {b}.",
            "Which of the two is the job of {s}, {a} or {b}?", "Does {s} work as a {a} or as a {b}?",
            "Does {s} earn money as a {a} or as a {b}?", "Either {a} or {b} is the job of {s}. Which one?",
            "Should I ask {s} to work as a {a} or as a {b}?", "Pick one: {s} is a {a}, or {s} is a {b}.", "For a living, is {s} a {a} or a {b}?",
        ]),
        (Relations.Pet, "A {v}.",
        [
            "Does {s} keep a {a} or a {b}?", "{a} or {b}: which is the pet of {s}?", "Choose the pet of {s}: a {a} or a {b}.",
            "Which of the two is the pet of {s}, a {a} or a {b}?", "Does {s} feed a {a} or a {b}?",
            "Is the animal of {s} a {a} or a {b}?", "Either a {a} or a {b} is the pet of {s}. Which one?",
            "Will I see a {a} or a {b} with {s}?", "Pick one: {s} keeps a {a}, or {s} keeps a {b}.", "Is the pet of {s} a {a} or a {b}?",
        ]),
    ];

    /// <summary><paramref name="perTask"/> questions of each task; the right value stands first in half of them.</summary>
    public static IEnumerable<Alternative> Questions(World world, int perTask, Chance chance)
    {
        foreach ((Relation about, string choice, string[] templates) in Tasks)
        {
            var all = world.FactsOf(about).SelectMany(fact => templates.Index().Select(template => (fact, template)));
            foreach ((int i, var (fact, (index, template))) in chance.Shuffled(all).Take(perTask).Index())
            {
                string wrong = chance.Pick([.. about.Values.Where(value => value != fact.Value)]);
                string[] values = i % 2 == 0 ? [fact.Value, wrong] : [wrong, fact.Value];
                string text = template.Replace("{s}", fact.Subject).Replace("{a}", values[0]).Replace("{b}", values[1]);
                yield return new Alternative(
                    Sentence.Of(text), "choose_" + about.Name, index, fact.Value, values,
                    [.. values.Select(value => Sentence.Of(choice.Replace("{v}", value)))], i % 2);
            }
        }
    }
}
