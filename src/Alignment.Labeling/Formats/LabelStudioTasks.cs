using System.Text;
using System.Text.Json.Nodes;

namespace Alignment.Labeling.Formats;

/// <summary>Tasks for Label Studio: a list to import and the labelling configuration that fits it.</summary>
internal static class LabelStudioTasks
{
    public const string Task = "task_id";
    public const string Prompt = "prompt";
    public const string Answer = "answer";
    public const string Comparison = "comparison";
    public const string Verdict = "verdict";
    public const string Answers = "answers";
    public const string Ranking = "ranking";
    public const string Ranked = "ranked";
    public const string Strength = "strength";
    public const string Comment = "comment";

    /// <summary>The tasks, as Label Studio imports them.</summary>
    public static JsonArray Write(IReadOnlyList<ShownTask> tasks) => [.. tasks.Select(task =>
    {
        var data = new JsonObject { [Task] = task.Task.Id, [Prompt] = task.Prompt };
        foreach (var (i, answer) in task.Answers.Index())
        {
            data[$"{Answer}{i + 1}"] = answer;
        }

        if (task.Order.Count > 2)
        {
            data[Answers] = new JsonArray([.. task.Answers.Select((answer, i) => new JsonObject { ["id"] = $"{Answer}{i + 1}", ["title"] = $"Answer {i + 1}", ["body"] = answer })]);
        }

        return new JsonObject { ["data"] = data };
    })];

    /// <summary>
    /// The labelling configuration. Pairs are compared with <c>Pairwise</c>, which has no tie, so tie and both bad are choices of their own; more answers than two
    /// are all choices, and can be ranked by moving them into a bucket (<c>Ranker</c> without one saves an order that nobody made). Skipping is Label Studio's own button.
    /// </summary>
    /// <param name="answers">Answers of a task; of tasks with different numbers the most.</param>
    public static string Config(int answers)
    {
        var view = new StringBuilder("<View>\n  <Header value=\"Prompt\"/>\n  <Text name=\"prompt\" value=\"$prompt\"/>\n");
        if (answers == 2)
        {
            view.Append($"  <Header value=\"Which answer is better?\"/>\n  <Pairwise name=\"{Comparison}\" toName=\"{Answer}1,{Answer}2\"/>\n");
        }

        else
        {
            view.Append($"  <List name=\"{Answers}\" value=\"${Answers}\" title=\"Answers\"/>\n");
            view.Append($"  <Ranker name=\"{Ranking}\" toName=\"{Answers}\">\n    <Bucket name=\"{Ranked}\" title=\"If you rank them: all answers, the best on top\"/>\n  </Ranker>\n");
        }

        for (var i = 1; i <= answers && answers == 2; i++)
        {
            view.Append($"  <Header value=\"Answer {i}\"/>\n  <Text name=\"{Answer}{i}\" value=\"${Answer}{i}\"/>\n");
        }

        view.Append($"  <Choices name=\"{Verdict}\" toName=\"prompt\" choice=\"single-radio\" showInline=\"true\">\n");
        for (var i = 1; i <= answers && answers > 2; i++)
        {
            view.Append($"    <Choice value=\"{Answer}{i}\"/>\n");
        }

        view.Append("    <Choice value=\"tie\"/>\n    <Choice value=\"both_bad\"/>\n  </Choices>\n");
        view.Append($"  <Header value=\"How much better? (1 slightly, 2 better, 3 much better)\"/>\n  <Rating name=\"{Strength}\" toName=\"prompt\" maxRating=\"{Votes.Vote.MostStrength}\"/>\n");
        return view.Append($"  <TextArea name=\"{Comment}\" toName=\"prompt\" placeholder=\"Comment\" maxSubmissions=\"1\"/>\n</View>\n").ToString();
    }
}
