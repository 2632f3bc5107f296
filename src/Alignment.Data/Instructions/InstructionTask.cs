namespace Alignment.Data.Instructions;

/// <summary>A task that is ready to be read.</summary>
internal sealed class InstructionTask
{
    /// <summary>The option of files of Super-NaturalInstructions.</summary>
    public const string NaturalOption = "natural_instructions";

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its cluster; that of a Super-NaturalInstructions file is known once it was read.</summary>
    public required string Cluster { get; set; }

    /// <summary>The option that it stands in, for messages.</summary>
    public required string Option { get; init; }

    /// <summary>Its files, in order.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Reads the columns of its rows.</summary>
    public required ITaskRecords Records { get; init; }

    /// <summary>The column of the answer.</summary>
    public required string Answer { get; init; }

    /// <summary>Words for labels.</summary>
    public IReadOnlyDictionary<string, string> Verbalizer { get; init; } = new Dictionary<string, string>();

    /// <summary>All answers; empty where they are not known, or each row has its own.</summary>
    public IReadOnlyList<string> Options { get; set; } = [];

    /// <summary>The column of a row's own options.</summary>
    public string? OptionsColumn { get; init; }

    /// <summary>Take the answers that occur where there are at most this many.</summary>
    public int InferOptions { get; init; }

    /// <summary>The column of the reasons.</summary>
    public string? Rationale { get; init; }

    /// <summary>What stands once before examples and prompt.</summary>
    public PromptTemplate? Instruction { get; init; }

    /// <summary>Ways to ask.</summary>
    public required IReadOnlyList<TaskTemplate> Asking { get; init; }

    /// <summary>Ways to ask for an input.</summary>
    public IReadOnlyList<TaskTemplate> Inverted { get; init; } = [];

    /// <summary>Ways to ask for reasons and answer.</summary>
    public IReadOnlyList<TaskTemplate> ChainOfThought { get; init; } = [];

    /// <summary>The most rows to draw from.</summary>
    public required int Cap { get; init; }

    /// <summary>The templates of a kind.</summary>
    public IReadOnlyList<TaskTemplate> Templates(InstructionKind kind) => kind switch
    {
        InstructionKind.Inverted => Inverted,
        InstructionKind.ChainOfThought => ChainOfThought,
        _ => Asking,
    };
}
