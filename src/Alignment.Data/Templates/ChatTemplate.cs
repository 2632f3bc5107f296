using Alignment.Data.Rows;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>
/// How a conversation becomes tokens. Segments are tokenized apart and joined as ids: what a user writes can never become a
/// special token, and where the assistant's text begins and ends is known, not searched for.
/// </summary>
public abstract class ChatTemplate
{
    private static readonly ChatTemplate[] BuiltIn = [new PlainTemplate(), new ChatMlTemplate()];

    /// <summary>Text as it stands: prompt, completion, EOS. Has no form for messages.</summary>
    public static ChatTemplate Plain => BuiltIn[0];

    /// <summary>ChatML. Text is wrapped: a prompt as one user message, a completion as one assistant message.</summary>
    public static ChatTemplate ChatMl => BuiltIn[1];

    /// <summary>The names of the built-in templates.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. BuiltIn.Select(template => template.Name)];

    /// <summary>The name that options use.</summary>
    public abstract string Name { get; }

    /// <summary>Templates of one identity render alike: tokenized data sets are kept under it.</summary>
    public virtual string Identity => Name;

    /// <summary>Whether messages can be rendered, and text is wrapped as messages.</summary>
    public virtual bool RendersMessages => true;

    /// <summary>The built-in template of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ChatTemplate Named(string name) => BuiltIn.FirstOrDefault(t => t.Name == name)
        ?? throw new ArgumentException($"There is no template '{name}'; use {string.Join(" or ", BuiltIn.Select(t => t.Name))}.", nameof(name));

    /// <summary>The token that ends an assistant message and stops generation.</summary>
    /// <exception cref="InvalidDataException">The tokenizer lacks it.</exception>
    public abstract int StopId(TextTokenizer tokenizer);

    /// <summary>The ids that begin an assistant message; what a rendered prompt ends with.</summary>
    /// <exception cref="InvalidDataException">The tokenizer lacks a special token of the template.</exception>
    public abstract int[] GenerationPrompt(TextTokenizer tokenizer);

    /// <summary>Renders a conversation, without BOS.</summary>
    /// <param name="tokenizer">Tokenizes the segments.</param>
    /// <param name="messages">The conversation, oldest message first.</param>
    /// <param name="generationPrompt">Whether to end with the ids that begin an assistant message.</param>
    /// <exception cref="InvalidDataException">The tokenizer lacks a special token of the template.</exception>
    public abstract RenderedChat Render(TextTokenizer tokenizer, IReadOnlyList<Message> messages, bool generationPrompt);
}
