using System.Globalization;
using Alignment.Training.Options;

namespace Alignment.Training.Pipelines;

/// <summary>Where a stage that stands in a block of rounds comes from.</summary>
/// <param name="Block">The block's name.</param>
/// <param name="Stage">The stage's name in the block, without the round.</param>
/// <param name="Round">The round, counted from 1.</param>
public sealed record StageRound(string Block, string Stage, int Round);

/// <summary>
/// Writes blocks of rounds out: an entry of kind <see cref="Kind"/> among a pipeline's stages becomes its own stages, once for each round, called
/// <c>NAME-1</c>, <c>NAME-2</c> and so on. Everything else in a pipeline knows only plain stages.
/// </summary>
internal sealed class PipelineRounds
{
    /// <summary>The kind of such an entry.</summary>
    public const string Kind = "rounds";

    /// <summary>More rounds are taken for a slip.</summary>
    public const int MostTimes = 100;

    private const string Previous = "previous:";
    private const string Last = "last:";
    private const string RoundWord = "$round";
    private static readonly string[] Keys = ["kind", "times", "start", "stages"];

    private readonly List<OptionsProblem> _problems;
    private readonly Dictionary<string, StageRound> _origins = [];
    private readonly Dictionary<string, int> _times = []; // stage of a block that stands above, and how often it runs

    private PipelineRounds(List<OptionsProblem> problems) => _problems = problems;

    /// <summary>The names of the blocks of a file.</summary>
    /// <param name="root">The file's mapping.</param>
    public static IReadOnlyList<string> Blocks(OptionsNode root) => [.. (root["stages"]?.Entries ?? []).Where(IsBlock).Select(entry => entry.Key)];

    /// <summary>Writes the blocks out.</summary>
    /// <param name="root">The file's mapping.</param>
    /// <param name="problems">Receives what is wrong with the blocks.</param>
    /// <returns>The file with plain stages only, and where those of blocks come from, by name.</returns>
    public static (OptionsNode Root, IReadOnlyDictionary<string, StageRound> Origins) Expand(OptionsNode root, List<OptionsProblem> problems)
    {
        var rounds = new PipelineRounds(problems);
        if (root["stages"] is not { Entries: { } stages } node)
        {
            return (root, rounds._origins);
        }

        List<OptionsEntry> plain = [];
        foreach (var entry in stages)
        {
            plain.AddRange(IsBlock(entry) ? rounds.Written(entry) : [entry with { Value = Replaced(entry.Value, rounds.Outside) }]);
        }

        return (root with { Entries = [.. root.Entries!.Select(entry => entry.Key == "stages" ? entry with { Value = node with { Entries = plain } } : entry)] }, rounds._origins);
    }

    private static bool IsBlock(OptionsEntry entry) => entry.Value["kind"]?.Scalar == Kind;

    private List<OptionsEntry> Written(OptionsEntry block)
    {
        var (name, node) = (block.Key, block.Value);
        foreach (var (key, line, _) in node.Entries!.Where(entry => !Keys.Contains(entry.Key)))
        {
            var advice = OptionNames.Nearest(key, Keys) is { } near ? $"did you mean '{near}'?" : $"a block of rounds has {string.Join(", ", Keys)}";
            Report(node, line, $"unknown key '{key}' of the rounds '{name}'; {advice}");
        }

        if (node["times"] is not { Scalar: { } text } || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var times) || times is < 1 or > MostTimes)
        {
            Report(node, node["times"] is null ? block.Line : node.LineOf("times"), $"'times' of the rounds '{name}' is {node["times"]?.Describe() ?? "missing"}; it must be a whole number from 1 to {MostTimes}");
            return [];
        }

        if (node["stages"]?.Entries is not { Count: > 0 } stages)
        {
            Report(node, node["stages"] is null ? block.Line : node.LineOf("stages"), $"'stages' of the rounds '{name}' is missing or empty; it must be a mapping of stage names, as in the pipeline itself");
            return [];
        }

        string[] names = [.. stages.Select(stage => stage.Key)];
        var start = Start(name, node, names);
        foreach (var (stage, line, _) in stages.Where(IsBlock))
        {
            Report(node, line, $"'{stage}' is a block of rounds in the rounds '{name}'; rounds cannot hold rounds");
        }

        List<OptionsEntry> written = [];
        for (var round = 1; round <= times; round++)
        {
            foreach (var stage in stages.Where(stage => !IsBlock(stage)))
            {
                var full = Named(stage.Key, round);
                _origins.TryAdd(full, new StageRound(name, stage.Key, round));
                var number = round;
                written.Add(new OptionsEntry(full, stage.Line, Replaced(stage.Value, scalar => Inside(scalar, name, names, start, number))));
            }
        }

        foreach (var stage in names)
        {
            _times[stage] = times;
        }

        return written;
    }

    private Dictionary<string, string> Start(string block, OptionsNode node, string[] names)
    {
        Dictionary<string, string> start = [];
        if (node["start"] is not { } given)
        {
            return start;
        }

        if (given.Entries is null)
        {
            Report(node, given.Line, $"'start' of the rounds '{block}' is {given.Describe()}; it must be a mapping of stages of the block to what stands for them before round 1, such as dpo: stage:sft");
        }

        foreach (var (stage, line, value) in given.Entries ?? [])
        {
            if (!names.Contains(stage))
            {
                Report(node, line, $"'start' of the rounds '{block}' names '{stage}', which is no stage of the block; its stages: {string.Join(", ", names)}");
            }
            else if (value is not { Scalar: { Length: > 0 } text, IsNull: false })
            {
                Report(node, line, $"'start.{stage}' of the rounds '{block}' is {value.Describe()}; it must be stage:NAME or a path");
            }
            else
            {
                start[stage] = text;
            }
        }

        return start;
    }

    // A value of a stage in a block: its own round's stages, those of the round before, and the number of the round.
    private string Inside(OptionsNode scalar, string block, string[] names, Dictionary<string, string> start, int round)
    {
        var text = scalar.Scalar!.Replace(RoundWord, round.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        if (StageReference.Read(text, "", scalar.File, scalar.Line) is not { } reference)
        {
            return text;
        }

        if (names.Contains(reference.Stage))
        {
            return Written(Named(reference.Stage, round), reference);
        }

        if (!reference.Stage.StartsWith(Previous, StringComparison.Ordinal))
        {
            return Outside(scalar with { Scalar = text });
        }

        var stage = reference.Stage[Previous.Length..];
        if (!names.Contains(stage))
        {
            var advice = OptionNames.Nearest(stage, names) is { } near ? $"did you mean '{near}'?" : $"its stages: {string.Join(", ", names)}";
            ReportOnce(scalar, round, $"'{text}' names '{stage}', which is no stage of the rounds '{block}'; {advice}");
            return "";
        }

        if (round > 1)
        {
            return Written(Named(stage, round - 1), reference);
        }

        if (!start.TryGetValue(stage, out var first))
        {
            ReportOnce(scalar, round, $"'{text}' has nothing to name in round 1; say what stands for it in the rounds '{block}': start: {{ {stage}: stage:NAME }}");
            return "";
        }

        return Outside(scalar with { Scalar = reference.Result is null ? first : $"{first}/{reference.Result}" });
    }

    // A value of any other stage: the last round's stages of a block above.
    private string Outside(OptionsNode scalar)
    {
        if (StageReference.Read(scalar.Scalar, "", scalar.File, scalar.Line) is not { } reference)
        {
            return scalar.Scalar!;
        }

        if (reference.Stage.StartsWith(Previous, StringComparison.Ordinal))
        {
            Report(scalar, scalar.Line, $"'{scalar.Scalar}' stands outside a block of rounds, where no round is before another; write stage:{Last}NAME for the last round's result");
            return "";
        }

        if (!reference.Stage.StartsWith(Last, StringComparison.Ordinal))
        {
            return scalar.Scalar!;
        }

        var stage = reference.Stage[Last.Length..];
        if (_times.TryGetValue(stage, out var times))
        {
            return Written(Named(stage, times), reference);
        }

        Report(scalar, scalar.Line, $"'{scalar.Scalar}' names '{stage}', which is no stage of a block of rounds above; {(_times.Count == 0 ? "there is no such block" : $"stages of rounds: {string.Join(", ", _times.Keys)}")}");
        return "";
    }

    private static string Named(string stage, int round) => string.Create(CultureInfo.InvariantCulture, $"{stage}-{round}");

    private static string Written(string stage, StageReference reference) => $"{StageReference.Prefix}{stage}{(reference.Result is null ? "" : $"/{reference.Result}")}";

    private static OptionsNode Replaced(OptionsNode node, Func<OptionsNode, string> scalar) => node with
    {
        Scalar = node.Scalar is null ? null : scalar(node),
        Items = node.Items?.Select(item => Replaced(item, scalar)).ToArray(),
        Entries = node.Entries?.Select(entry => entry with { Value = Replaced(entry.Value, scalar) }).ToArray(),
    };

    private void Report(OptionsNode node, int line, string message) => _problems.Add(new OptionsProblem(node.File, line, message));

    // What is wrong in every round is told once.
    private void ReportOnce(OptionsNode scalar, int round, string message)
    {
        if (round == 1)
        {
            Report(scalar, scalar.Line, message);
        }
    }
}
