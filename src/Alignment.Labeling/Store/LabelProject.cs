namespace Alignment.Labeling.Store;

/// <summary>What holds for a whole labelling project.</summary>
public sealed record LabelProject
{
    /// <summary>Its name, shown on top of the page and the report.</summary>
    public required string Name { get; init; }

    /// <summary>The seed of the order in which candidates are shown (<see cref="Tasks.SideOrder"/>).</summary>
    public required long Seed { get; init; }

    /// <summary>What annotators are told, as Markdown; null when nothing.</summary>
    public string? Guidelines { get; init; }

    /// <summary>Minutes after which a task that was handed out and not decided goes to somebody else.</summary>
    public double AssignmentMinutes { get; init; } = 60;

    /// <summary>Every rule that is broken.</summary>
    /// <returns>One sentence per problem, each beginning with the option's name.</returns>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Name))
        {
            yield return "name is empty; give the project one";
        }

        if (!(double.IsFinite(AssignmentMinutes) && AssignmentMinutes is > 0 and <= 525_600))
        {
            yield return $"assignment_minutes is {AssignmentMinutes}; it must be above 0 and at most 525600";
        }
    }
}
