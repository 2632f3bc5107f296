using Alignment.Data.Formats;

namespace Alignment.Data.Instructions;

/// <summary>What became of one task.</summary>
public sealed class TaskReport
{
    private readonly SortedDictionary<string, long> _kinds = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(string Kind, int Template), long> _templates = [];

    internal TaskReport(InstructionTask task, bool heldOut)
    {
        (Name, Cluster, HeldOut) = (task.Name, task.Cluster, heldOut);
        Files = task.Files;
    }

    /// <summary>The task's name.</summary>
    public string Name { get; }

    /// <summary>Its cluster.</summary>
    public string Cluster { get; }

    /// <summary>Whether it is in none of the training files.</summary>
    public bool HeldOut { get; }

    /// <summary>Its files.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Records of the files.</summary>
    public long Records { get; internal set; }

    /// <summary>Usable rows.</summary>
    public long Rows { get; internal set; }

    /// <summary>Rows that were drawn from: at most the cap.</summary>
    public long Drawn { get; internal set; }

    /// <summary>The task's share of the training file by the mixing; 0 of a held-out one.</summary>
    public double Rate { get; internal set; }

    /// <summary>Rows written; of a held-out task over all templates.</summary>
    public long Written { get; internal set; }

    /// <summary>Written rows of each kind.</summary>
    public IReadOnlyDictionary<string, long> Kinds => _kinds;

    /// <summary>Written rows of each template.</summary>
    public IReadOnlyDictionary<(string Kind, int Template), long> Templates => _templates;

    /// <summary>Mean characters of a prompt, examples included.</summary>
    public double PromptCharacters => Written == 0 ? 0 : (double)PromptSum / Written;

    /// <summary>Mean characters of a completion.</summary>
    public double CompletionCharacters => Written == 0 ? 0 : (double)CompletionSum / Written;

    /// <summary>Mean solved examples of a written row.</summary>
    public double Shots => Written == 0 ? 0 : (double)ShotSum / Written;

    /// <summary>Records that were not usable, with the reason.</summary>
    public Remarks Left { get; internal set; } = new();

    /// <summary>Rows that were to be written and were not, with the reason.</summary>
    public Remarks Dropped { get; } = new();

    private long PromptSum { get; set; }

    private long CompletionSum { get; set; }

    private long ShotSum { get; set; }

    internal void Count(InstructionExample example)
    {
        var kind = InstructionReport.NameOf(example.Kind);
        Written++;
        _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
        _templates[(kind, example.Template)] = _templates.GetValueOrDefault((kind, example.Template)) + 1;
        PromptSum += (example.Instruction?.Length ?? 0) + example.Prompt.Length + example.Shots.Sum(shot => shot.Prompt.Length + shot.Completion.Length);
        CompletionSum += example.Completion.Length;
        ShotSum += example.Shots.Count;
    }
}
