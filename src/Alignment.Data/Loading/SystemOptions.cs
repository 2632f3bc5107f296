using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Data.Templates;

namespace Alignment.Data.Loading;

/// <summary>Puts a system message before prompts that have none.</summary>
public sealed record SystemOptions
{
    /// <summary>The messages to draw from.</summary>
    [Description("system message for rows that have none, or several to draw from")]
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>How many of the prompts get one.</summary>
    [Description("share of the prompts that get one")]
    public double Share { get; init; } = 1;

    /// <summary>Draws.</summary>
    [Description("draws which prompt gets which; the same prompt always gets the same")]
    public int Seed { get; init; }

    /// <summary>Every problem, in words.</summary>
    /// <returns>One sentence per problem.</returns>
    public IEnumerable<string> Problems()
    {
        if (Texts.Count == 0 || Texts.Any(string.IsNullOrWhiteSpace))
        {
            yield return "texts is empty or holds an empty text; give at least one message";
        }

        if (!(Share is > 0 and <= 1))
        {
            yield return FormattableString.Invariant($"share is {Share}; it must be above 0 and at most 1");
        }
    }

    /// <summary>What examples depend on.</summary>
    internal IEnumerable<string> Inputs => [Share.ToString("R", CultureInfo.InvariantCulture), Seed.ToString(CultureInfo.InvariantCulture), .. Texts];

    /// <summary>The row with a system message, where it has a prompt without one and is drawn.</summary>
    /// <param name="row">The row.</param>
    /// <param name="template">Says whether texts are wrapped as messages.</param>
    /// <exception cref="DataFormatException">The prompt is text that stays as it stands.</exception>
    public DataRow Apply(DataRow row, ChatTemplate template)
    {
        if (row is TextRow || Begin(row) is ChatContent { Messages: [{ Role: Message.System }, ..] } || Draw(TrainEvalSplit.Prompt(row)) is not { } text)
        {
            return row;
        }

        if (Begin(row) is PlainContent && !template.WrapsText)
        {
            throw new DataFormatException(row.Id, $"data.system is given, but the prompt is a text, which the template '{template.Name}' leaves as it stands", "set template: model, or another that wraps texts, or remove data.system");
        }

        var system = new Message(Message.System, text);
        Content Asked(Content prompt) => prompt is ChatContent chat ? chat with { Messages = [system, .. chat.Messages] } : new ChatContent([system, new Message(Message.User, prompt.ToString()!)]);
        return row switch
        {
            MessagesRow chat => chat with { Messages = [system, .. chat.Messages] },
            PromptCompletionRow both => both with { Prompt = Asked(both.Prompt), Completion = Answered(both.Completion) },
            PreferenceRow pair => pair with { Prompt = Asked(pair.Prompt), Chosen = Answered(pair.Chosen), Rejected = Answered(pair.Rejected) },
            RankedRow ranked => ranked with { Prompt = Asked(ranked.Prompt), Responses = [.. ranked.Responses.Select(response => response with { Content = Answered(response.Content) })] },
            PromptRow prompt => prompt with { Prompt = Asked(prompt.Prompt) },
            _ => row,
        };
    }

    private static Content Begin(DataRow row) => row switch
    {
        MessagesRow chat => new ChatContent(chat.Messages),
        PromptCompletionRow both => both.Prompt,
        PreferenceRow pair => pair.Prompt,
        RankedRow ranked => ranked.Prompt,
        PromptRow prompt => prompt.Prompt,
        _ => "",
    };

    private static Content Answered(Content response) => response is PlainContent text ? new ChatContent([new Message(Message.Assistant, text.Text)]) : response;

    /// <summary>A function of the seed and the prompt, so that a prompt's rows agree in whatever file they stand.</summary>
    private string? Draw(string prompt)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Seed}\n{prompt}")));
        var (chance, which) = (BitConverter.ToUInt32(hash, 0) / (uint.MaxValue + 1.0), BitConverter.ToUInt32(hash, 4));
        return chance < Share ? Texts[(int)(which % (uint)Texts.Count)] : null;
    }
}
