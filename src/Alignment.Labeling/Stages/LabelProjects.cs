using Alignment.Core.Checkpoints;
using Alignment.Labeling.Agreement;
using Alignment.Labeling.Store;
using Alignment.Labeling.Tasks;
using Alignment.Training.Runs;

namespace Alignment.Labeling.Stages;

/// <summary>Labelling projects as inputs and results of stages.</summary>
internal static class LabelProjects
{
    /// <summary>Makes a project in the stage's folder, in place of one that an interrupted run left.</summary>
    /// <param name="session">The stage.</param>
    /// <param name="name">The folder's name.</param>
    /// <param name="project">What holds for the whole project.</param>
    /// <param name="tasks">Its tasks.</param>
    /// <returns>The project's folder.</returns>
    public static string Remake(StageSession session, string name, LabelProject project, IReadOnlyCollection<LabelTask> tasks)
    {
        var folder = Path.Combine(session.Folder.Root, name);
        if (Directory.Exists(folder))
        {
            AtomicFile.RemoveFolder(folder);
        }

        Wait(async () =>
        {
            await using var store = FolderLabelStore.Create(folder, project);
            return await store.AddTasksAsync(tasks).ConfigureAwait(false);
        });
        return folder;
    }

    /// <summary>Reads a project.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="without">Annotators whose votes do not count.</param>
    public static (LabelProject Project, IReadOnlyList<VotedTask> Tasks) Read(string folder, IReadOnlyCollection<string>? without = null) => Wait(async () =>
    {
        await using var store = FolderLabelStore.Open(folder, readOnly: true);
        return (store.Project, VotedTask.Join(await store.TasksAsync().ConfigureAwait(false), await store.VotesAsync().ConfigureAwait(false), without));
    });

    /// <summary>Waits: a stage has nothing else to do.</summary>
    public static T Wait<T>(Func<Task<T>> work) => work().GetAwaiter().GetResult();
}
