using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Trl;

/// <summary>One of TRL's data set types (huggingface.co/docs/trl, Dataset formats and types), with text or with messages.</summary>
internal abstract class TrlFormat : DataFormat
{
    /// <inheritdoc/>
    public override RowTypes Takes => Gives;

    /// <summary>The columns that must be there.</summary>
    public abstract string[] Needed { get; }

    /// <summary>What messages of errors call its rows.</summary>
    public string Title => Gives switch
    {
        RowTypes.PromptCompletion => "prompt-completion",
        var type => type.ToString().ToLowerInvariant(),
    };

    /// <summary>Whether the columns that must be there are, and are not null.</summary>
    public bool Fits(JsonObject row) => Array.TrueForAll(Needed, column => row[column] is not null);

    /// <inheritdoc/>
    internal override string? Recognise(JsonObject row) => Fits(row) && ExtraSign(row) ? $"columns {string.Join(", ", Needed)}" : null;

    /// <inheritdoc/>
    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks) => [ReadOne(row, id)];

    /// <summary>Reads a row as it stands.</summary>
    internal abstract DataRow ReadOne(JsonObject row, string id);

    /// <summary>What else must be so for the type to be seen by itself.</summary>
    private protected virtual bool ExtraSign(JsonObject row) => true;

    /// <summary>The row's own columns; those of its template too where it is a conversation, which takes them.</summary>
    private protected IReadOnlyCollection<string> Known(Content content) => content is ChatContent ? [.. Own, .. TemplateColumns.All] : Own;

    /// <summary>The columns that the type reads.</summary>
    private protected virtual string[] Own => Needed;

    private protected static void AddVariables(JsonObject row, Content prompt) => MessageJson.AddVariables(row, (prompt as ChatContent)?.Variables);
}
