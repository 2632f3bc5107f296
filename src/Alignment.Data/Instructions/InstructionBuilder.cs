namespace Alignment.Data.Instructions;

/// <summary>
/// Makes instructions of tasks: labelled rows in the words of several templates (FLAN: Wei et al. 2021, Section 2; P3: Sanh et al. 2021; Super-NaturalInstructions: Wang et al. 2022).
/// The files are a pure function of the data, the options and the seed. Rows are read twice and kept one at a time.
/// </summary>
public static class InstructionBuilder
{
    /// <summary>Writes <c>train.jsonl</c>, <c>held_out.jsonl</c>, <c>held_out_prompts.jsonl</c>, the same in <c>shots-N</c> and <c>chain_of_thought-N</c>, <c>clusters-N/train.jsonl</c> and <c>report.json</c>, those that the options ask for.</summary>
    /// <param name="options">Checked ones.</param>
    /// <param name="seed">Of all draws.</param>
    /// <param name="folder">Where to; it exists and is empty.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>What was made.</returns>
    /// <exception cref="InstructionOptionsException">Options that do not fit the data; all that are wrong.</exception>
    /// <exception cref="DataFormatException">A row cannot be read.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    public static InstructionReport Build(InstructionOptions options, long seed, string folder, CancellationToken cancellation = default)
    {
        var tasks = TaskList.Of(options);
        List<TaskSurvey> surveys = [.. tasks.Select(task => TaskSurvey.Of(task, options, seed, cancellation))];
        List<string> problems = [.. surveys.SelectMany(survey => survey.Problems), .. ClusterProblems(options, surveys)];
        if (problems.Count > 0)
        {
            throw new InstructionOptionsException(problems);
        }

        var prompts = new HeldOutPrompts();
        TaskSurvey[] held = [.. surveys.Where(survey => IsHeldOut(survey))];
        var heldOutSet = new HeldOutSet(options, seed, prompts, cancellation);
        var heldOut = heldOutSet.Write(held, folder, HeldOutForm.Plain);
        List<HeldOutReport> forms = [.. HeldOutForm.Of(options).Select(form => new HeldOutReport(form.Folder, heldOutSet.Write(held, folder, form)))];
        problems.AddRange(forms.Where(form => form.Rows == 0).Select(form =>
            $"{form.Option} is given, but no held-out task has a row for {form.Folder} ({form.Tasks.SelectMany(task => task.Dropped.All).Select(one => one.What).FirstOrDefault() ?? "no task has a rationale"})"));
        if (problems.Count > 0)
        {
            throw new InstructionOptionsException(problems);
        }

        TaskSurvey[] trained = [.. surveys.Where(survey => !IsHeldOut(survey))];
        var set = new TrainingSet(options, seed, prompts, cancellation);
        var reports = set.Write(trained, Path.Combine(folder, InstructionReport.TrainFile)).Concat(heldOut).ToDictionary(report => report.Name, StringComparer.Ordinal);
        List<InstructionSubset> subsets = [];
        foreach (var size in options.Ablation?.Sizes.Order() ?? Enumerable.Empty<int>())
        {
            string[] clusters = [.. Clusters(options, trained).Take(size)];
            TaskSurvey[] members = [.. trained.Where(survey => clusters.Contains(survey.Task.Cluster))];
            Directory.CreateDirectory(Path.Combine(folder, InstructionSubset.FolderOf(size)));
            var rows = set.Write(members, Path.Combine(folder, InstructionSubset.FolderOf(size), InstructionReport.TrainFile)).Sum(report => report.Written);
            subsets.Add(new InstructionSubset(clusters, members.Length, rows));
        }

        var built = new InstructionReport(seed, [.. tasks.Select(task => reports[task.Name])], subsets) { HeldOutForms = forms };
        File.WriteAllText(Path.Combine(folder, InstructionReport.FileName), built.ToText());
        return built;

        bool IsHeldOut(TaskSurvey survey) => options.HeldOut.Contains(survey.Task.Cluster);
    }

    /// <summary>The clusters to train on in the order in which they join: as given, the others behind, those with more tasks first.</summary>
    private static IEnumerable<string> Clusters(InstructionOptions options, IEnumerable<TaskSurvey> trained)
    {
        var given = options.Ablation!.Order;
        return trained.GroupBy(survey => survey.Task.Cluster, StringComparer.Ordinal)
            .OrderBy(cluster => given.Contains(cluster.Key) ? given.Index().First(one => one.Item == cluster.Key).Index : int.MaxValue)
            .ThenByDescending(cluster => cluster.Count()).ThenBy(cluster => cluster.Key, StringComparer.Ordinal)
            .Select(cluster => cluster.Key);
    }

    private static IEnumerable<string> ClusterProblems(InstructionOptions options, List<TaskSurvey> surveys)
    {
        var known = surveys.Select(survey => survey.Task.Cluster).Distinct(StringComparer.Ordinal).ToList();
        foreach (var (index, name) in options.HeldOut.Index().Where(one => !known.Contains(one.Item)))
        {
            yield return $"held_out[{index}] is '{name}', which no task belongs to; clusters: {string.Join(", ", known)}";
        }

        var trained = known.Except(options.HeldOut).ToList();
        if (trained.Count == 0)
        {
            yield return "held_out names every cluster, so nothing is left to train on; leave one out";
        }

        foreach (var (index, name) in options.Ablation?.Order.Index().Where(one => !trained.Contains(one.Item)) ?? [])
        {
            yield return $"ablation.order[{index}] is '{name}', which is no cluster to train on; these are: {string.Join(", ", trained)}";
        }

        foreach (var (index, size) in options.Ablation?.Sizes.Index().Where(one => one.Item > trained.Count) ?? [])
        {
            yield return $"ablation.sizes[{index}] is {size}, but there are {trained.Count} clusters to train on";
        }
    }
}
