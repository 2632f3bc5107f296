using System.Globalization;
using System.Text.RegularExpressions;
using Alignment.Training.Options;

namespace Alignment.Training.Pipelines;

/// <summary>A pipeline: its stages in the order in which they run.</summary>
public sealed partial record PipelineFile
{
    private static readonly string[] Keys = ["name", "seed", "output", "stages"];

    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>The run's name.</summary>
    public required string Name { get; init; }

    /// <summary>The seed of stages that have none of their own.</summary>
    public required long Seed { get; init; }

    /// <summary>The run's folder: <c>output:</c>, or <c>runs/NAME</c>.</summary>
    public required string Output { get; init; }

    /// <summary>The stages; each names only earlier ones. Those of blocks of rounds are written out.</summary>
    public required IReadOnlyList<PipelineStage> Stages { get; init; }

    /// <summary>The names of the blocks of rounds.</summary>
    public IReadOnlyList<string> Blocks { get; init; } = [];

    /// <summary>Reads and checks a file.</summary>
    /// <param name="path">The YAML file.</param>
    /// <param name="assignments">Changes of the form <c>STAGE.key=value</c>.</param>
    /// <param name="stage">The stage that the changes are for, when they are of the form <c>key=value</c>.</param>
    /// <returns>The pipeline; the stages' options are not bound yet.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OptionsException">It is no usable pipeline; all that is wrong is listed.</exception>
    public static PipelineFile Load(string path, IEnumerable<string>? assignments = null, string? stage = null) =>
        Read(OptionsYaml.ParseFile(path), assignments, stage);

    /// <summary>Checks a pipeline that is read already.</summary>
    /// <param name="root">The file's mapping.</param>
    /// <param name="assignments">Changes of the form <c>STAGE.key=value</c>.</param>
    /// <param name="stage">The stage that the changes are for, when they are of the form <c>key=value</c>.</param>
    /// <returns>The pipeline.</returns>
    /// <exception cref="OptionsException">It is no usable pipeline; all that is wrong is listed.</exception>
    public static PipelineFile Read(OptionsNode root, IEnumerable<string>? assignments = null, string? stage = null)
    {
        ArgumentNullException.ThrowIfNull(root);

        // What is changed in a block of rounds changes all its rounds; what is changed in a stage of it, that round only.
        var blocks = PipelineRounds.Blocks(root);
        var changes = (assignments ?? []).ToLookup(assignment => blocks.Contains(assignment.Split('.', '=')[0]));
        root = changes[true].Aggregate(root, (tree, assignment) => tree.With(assignment, "stages"));
        List<OptionsProblem> problems = [];
        (root, var origins) = PipelineRounds.Expand(root, problems);
        foreach (var assignment in changes[false])
        {
            root = stage is null ? Assign(root, assignment, blocks) : root.With(assignment, $"stages.{stage}");
        }

        Dictionary<string, int> seen = [];
        foreach (var (key, line, value) in root.Entries ?? [])
        {
            if (!Keys.Contains(key))
            {
                var advice = OptionNames.Nearest(key, Keys) is { } near ? $"did you mean '{near}'?" : $"a pipeline has {string.Join(", ", Keys)}";
                problems.Add(new OptionsProblem(value.File, line, $"unknown key '{key}'; {advice}"));
            }
            else if (!seen.TryAdd(key, line))
            {
                problems.Add(new OptionsProblem(value.File, line, $"'{key}' is given twice (first in line {seen[key]}); keep one"));
            }
        }

        var name = Text(root, "name", problems) ?? System.IO.Path.GetFileNameWithoutExtension(root.File);
        if (!NamePattern().IsMatch(name))
        {
            problems.Add(new OptionsProblem(root.File, root.LineOf("name"), $"the name '{name}' cannot be a folder's; use letters, digits, '-', '_' and '.'"));
        }

        var seed = Whole(root["seed"], "seed", problems) ?? 1;
        var output = Text(root, "output", problems) ?? $"runs/{name}";
        var stages = ReadStages(root, origins, problems);
        CheckReferences(stages, problems);
        return problems.Count > 0
            ? throw new OptionsException(problems)
            : new PipelineFile
            {
                Path = root.File,
                Name = name,
                Seed = seed,
                Output = output,
                Stages = stages,
                Blocks = blocks,
            };
    }

    /// <summary>Whether a change is one of a block of rounds: of how often it runs, or of what all its rounds have.</summary>
    /// <param name="assignment"><c>BLOCK.key=value</c>.</param>
    public bool IsOfBlock(string assignment)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        return Blocks.Contains(assignment.Split('.', '=')[0]);
    }

    /// <summary>Finds the stage that a command means.</summary>
    /// <param name="kind">The command's kind.</param>
    /// <param name="name">The stage's name; null when the file has one stage of the kind.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="OptionsException">There is none, there are several, or it is of another kind.</exception>
    public PipelineStage Find(string kind, string? name)
    {
        var ofKind = Stages.Where(s => s.Kind == kind).ToList();
        var names = string.Join(", ", ofKind.Select(s => s.Name));
        if (name is null)
        {
            return ofKind.Count switch
            {
                1 => ofKind[0],
                0 => throw new OptionsException(Path, 0, $"has no stage of kind '{kind}'; its stages: {Listing()}"),
                _ => throw new OptionsException(Path, 0, $"has {ofKind.Count} stages of kind '{kind}'; choose one with --stage: {names}"),
            };
        }

        var stage = Stages.FirstOrDefault(s => s.Name == name)
            ?? throw new OptionsException(Path, 0, $"has no stage '{name}'; its stages: {Listing()}");
        return stage.Kind == kind
            ? stage
            : throw new OptionsException(Path, stage.Line, $"stage '{name}' is of kind '{stage.Kind}', not '{kind}'; run it with: alignment {stage.Kind} --config {Path} --stage {name}");
    }

    /// <summary>The stages' names and kinds for messages.</summary>
    /// <returns>For instance <c>base (sft), dpo (dpo)</c>.</returns>
    public string Listing() => string.Join(", ", Stages.Select(s => $"{s.Name} ({s.Kind})"));

    private static OptionsNode Assign(OptionsNode root, string assignment, IReadOnlyList<string> blocks)
    {
        var stage = assignment.Split('=', 2)[0].Split('.', 2);
        var known = root["stages"]?.Entries?.Select(e => e.Key).ToList() ?? [];
        return stage.Length == 2 && known.Contains(stage[0])
            ? root.With(assignment, "stages")
            : throw new OptionsException($"--set {assignment}", 0, $"must begin with a stage's name, as STAGE.key=value; stages: {string.Join(", ", known.Concat(blocks))}");
    }

    private static List<PipelineStage> ReadStages(OptionsNode root, IReadOnlyDictionary<string, StageRound> origins, List<OptionsProblem> problems)
    {
        List<PipelineStage> stages = [];
        if (problems.Count > 0 && root["stages"]?.Entries is { Count: 0 })
        {
            return stages; // nothing but blocks of rounds that are wrong, and told so
        }

        if (root["stages"]?.Entries is not { Count: > 0 } entries)
        {
            problems.Add(new OptionsProblem(root.File, root.LineOf("stages"), "'stages' is missing or empty; it must be a mapping of stage names, each to a mapping with 'kind' and options"));
            return stages;
        }

        foreach (var (name, line, node) in entries)
        {
            if (stages.FirstOrDefault(s => s.Name == name) is { } twin)
            {
                problems.Add(new OptionsProblem(node.File, line, $"stage '{name}' is given twice (first in line {twin.Line}); give one another name"));
                continue;
            }

            var origin = origins.GetValueOrDefault(name);
            if (origin is { Round: > 1 } && problems.Any(problem => problem.File == node.File && problem.Line == line))
            {
                continue; // what is wrong with it was told for its first round
            }

            if (!NamePattern().IsMatch(name))
            {
                problems.Add(new OptionsProblem(node.File, line, $"the stage name '{name}' cannot be a folder's; use letters, digits, '-', '_' and '.'"));
            }

            if (node.Entries is null)
            {
                problems.Add(new OptionsProblem(node.File, node.Line, $"stage '{name}' is {node.Describe()}; it must be a mapping with 'kind' and options"));
            }

            var kind = node["kind"]?.Scalar;
            if (node.Entries is not null && (kind is null || !StageKinds.All.Contains(kind)))
            {
                var given = kind is null ? "has no kind" : $"is of the unknown kind '{kind}'";
                var near = OptionNames.Nearest(kind ?? "", [.. StageKinds.All, PipelineRounds.Kind]) is { } known ? $"; did you mean '{known}'?" : "";
                problems.Add(new OptionsProblem(node.File, kind is null ? line : node.LineOf("kind"), $"stage '{name}' {given}; kinds: {string.Join(", ", StageKinds.All)}{near}"));
            }

            stages.Add(new PipelineStage(name, kind ?? "", Whole(node["seed"], $"{name}.seed", problems), line, node) { Round = origin });
        }

        return stages;
    }

    private static void CheckReferences(List<PipelineStage> stages, List<OptionsProblem> problems)
    {
        for (var i = 0; i < stages.Count; i++)
        {
            foreach (var reference in stages[i].References)
            {
                if (stages[i].Round is { Round: > 1 } && problems.Any(problem => problem.File == reference.File && problem.Line == reference.Line))
                {
                    continue; // told for the first round
                }

                var at = stages.FindIndex(s => s.Name == reference.Stage);
                var value = $"'{reference.Option}' of stage '{stages[i].Name}' names stage '{reference.Stage}'";
                if (at < 0)
                {
                    var near = OptionNames.Nearest(reference.Stage, stages.Select(s => s.Name)) is { } known ? $"did you mean '{known}'?" : $"stages: {string.Join(", ", stages.Select(s => s.Name))}";
                    problems.Add(new OptionsProblem(reference.File, reference.Line, $"{value}, which the pipeline does not have; {near}"));
                }
                else if (FindCycle(stages, i, at) is { } cycle)
                {
                    problems.Add(new OptionsProblem(reference.File, reference.Line, $"{value}, and so waits for itself: {string.Join(" -> ", cycle)}; break the circle{Before(stages[i], stages[at])}"));
                }
                else if (at > i)
                {
                    problems.Add(new OptionsProblem(reference.File, reference.Line, $"{value}, which comes later (line {stages[at].Line}); move it above{Before(stages[i], stages[at])}"));
                }
                else if (reference.Result is null && !StageKinds.HasModel(stages[at].Kind))
                {
                    problems.Add(new OptionsProblem(reference.File, reference.Line, $"{value}, which is of kind '{stages[at].Kind}' and makes no model"));
                }
                else if (reference.Result?.Split('/', '\\').Any(part => part is "" or "." or "..") == true)
                {
                    problems.Add(new OptionsProblem(reference.File, reference.Line, $"{value} with '{reference.Result}', which is no file or folder of its output; write stage:NAME/FILE"));
                }
            }
        }
    }

    private static string Before(PipelineStage stage, PipelineStage named) => stage.Round is { } round && named.Round is { } other && other.Block == round.Block
        ? $", or write stage:previous:{other.Stage} for that of the round before"
        : "";

    // The way from one stage through the stages it names back to the first; null when there is none.
    private static List<string>? FindCycle(List<PipelineStage> stages, int start, int next)
    {
        HashSet<int> visited = [];
        return Walk(next) is { } rest ? [stages[start].Name, .. rest] : null;

        List<string>? Walk(int at)
        {
            if (at == start)
            {
                return [stages[start].Name];
            }

            return at < 0 || !visited.Add(at)
                ? null
                : stages[at].References.Select(r => Walk(stages.FindIndex(s => s.Name == r.Stage))).FirstOrDefault(way => way is not null) is { } way
                    ? [stages[at].Name, .. way]
                    : null;
        }
    }

    private static string? Text(OptionsNode root, string key, List<OptionsProblem> problems)
    {
        if (root[key] is not { } node)
        {
            return null;
        }

        if (node.Scalar is { Length: > 0 } text && !node.IsNull)
        {
            return text;
        }

        problems.Add(new OptionsProblem(node.File, node.Line, $"'{key}' is {node.Describe()}; it must be a text"));
        return null;
    }

    private static long? Whole(OptionsNode? node, string key, List<OptionsProblem> problems)
    {
        if (node is null || (node.Scalar is { } text && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)))
        {
            return node is null ? null : long.Parse(node.Scalar!, CultureInfo.InvariantCulture);
        }

        problems.Add(new OptionsProblem(node.File, node.Line, $"'{key}' is {node.Describe()}; it must be a whole number"));
        return null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.\-]*$")]
    private static partial Regex NamePattern();
}
