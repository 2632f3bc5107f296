using System.CommandLine;
using Alignment.Labeling.Agreement;
using Alignment.Labeling.Store;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary>What the <c>alignment label</c> commands have in common.</summary>
internal static class LabelOptions
{
    /// <summary>The project.</summary>
    public static Option<string> Project() => new("--project", "--store") { Description = "the labelling project: a folder, or postgres://user@host/database?project=NAME", Required = true, HelpName = "DIR" };

    /// <summary>Annotators who do not count.</summary>
    public static Option<string[]> Without() => new("--without") { Description = "leave this annotator's votes out; may be repeated", HelpName = "NAME" };

    /// <summary>Reports problems of options records, with the options as the command line spells them.</summary>
    public static void Check(IEnumerable<string> problems)
    {
        var list = problems.Select(problem =>
        {
            var name = problem.Split(' ', 2)[0];
            return new OptionsProblem("command line", 0, $"--{name.Replace('_', '-')}{problem[name.Length..]}");
        }).ToList();
        if (list.Count > 0)
        {
            throw new OptionsException(list);
        }
    }

    /// <summary>One problem of the command line.</summary>
    public static OptionsException Wrong(string message) => new("command line", 0, message);

    /// <summary>Reads a project's tasks with their votes, also while a server writes.</summary>
    public static (LabelProject Project, IReadOnlyList<VotedTask> Tasks) Read(string location, IReadOnlyCollection<string> without) => Run(async () =>
    {
        await using var store = await LabelStores.OpenAsync(location, readOnly: true);
        return (store.Project, VotedTask.Join(await store.TasksAsync(), await store.VotesAsync(), without));
    });

    /// <summary>Waits for what has to be waited for: commands have nothing else to do.</summary>
    public static T Run<T>(Func<Task<T>> work) => work().GetAwaiter().GetResult();
}
