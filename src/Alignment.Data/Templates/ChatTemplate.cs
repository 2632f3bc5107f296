using Alignment.Data.Rows;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>
/// How a conversation becomes tokens. What a message brings can never become a special token, and where the assistant's text begins and
/// ends is known, not searched for.
/// </summary>
public abstract class ChatTemplate
{
    /// <summary>Text as it stands: prompt, completion, EOS. Has no form for messages.</summary>
    public static ChatTemplate Plain { get; } = new PlainTemplate();

    /// <summary>ChatML. Text is wrapped: a prompt as one user message, a completion as one assistant message.</summary>
    public static ChatTemplate ChatMl { get; } = new ChatMlTemplate();

    /// <summary>The names of the built-in templates.</summary>
    public static IReadOnlyList<string> Names { get; } = [Plain.Name, ChatMl.Name, .. BuiltInTemplates.All.Select(template => template.Name)];

    /// <summary>The name that options use.</summary>
    public abstract string Name { get; }

    /// <summary>Templates of one identity render alike: tokenized data sets are kept under it.</summary>
    public virtual string Identity => Name;

    /// <summary>The template in Jinja, as model folders ship it; null where it has none.</summary>
    public virtual string? Source => null;

    /// <summary>Whether messages can be rendered.</summary>
    public virtual bool RendersMessages => true;

    /// <summary>Whether text is wrapped as messages.</summary>
    public virtual bool WrapsText => RendersMessages;

    /// <summary>Whether messages may hold more than a text: calls of tools, parts of other kinds.</summary>
    public virtual bool RendersTools => false;

    /// <summary>The built-in template of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ChatTemplate Named(string name) => BuiltInTemplates.All.Concat([Plain, ChatMl]).FirstOrDefault(t => t.Name == name)
        ?? throw new ArgumentException($"There is no template '{name}'; use {TemplateChoice.Advice}.", nameof(name));

    /// <summary>The template that a model folder ships: <c>chat_template.jinja</c>, else <c>chat_template</c> of <c>tokenizer_config.json</c> or <c>chat_template.json</c>.</summary>
    /// <param name="folder">In Hugging Face layout.</param>
    /// <returns>Null when it ships none.</returns>
    /// <exception cref="FormatException">It cannot be read; the message names the line.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static ChatTemplate? FromFolder(string folder) => TemplateFiles.Read(folder);

    /// <summary>The template in a file of Jinja.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">It cannot be read; the message names the line.</exception>
    public static ChatTemplate FromFile(string path) => new JinjaChatTemplate(path, File.ReadAllText(path));

    /// <summary>The same template, that tells a given day where it writes today's date; without one it is refused then.</summary>
    public virtual ChatTemplate On(DateOnly? day) => this;

    /// <summary>The token that ends an assistant message and stops generation.</summary>
    /// <exception cref="InvalidDataException">The tokenizer lacks it.</exception>
    public abstract int StopId(TextTokenizer tokenizer);

    /// <summary>Every token that may end a response; the first is the usual one.</summary>
    /// <exception cref="InvalidDataException">The tokenizer lacks it.</exception>
    public virtual IReadOnlyList<int> StopIds(TextTokenizer tokenizer) => [StopId(tokenizer)];

    /// <summary>The ids that begin an assistant message; what a rendered prompt ends with.</summary>
    /// <exception cref="InvalidDataException">The tokenizer lacks a special token of the template.</exception>
    public abstract int[] GenerationPrompt(TextTokenizer tokenizer);

    /// <summary>Renders a conversation. BOS comes with it only where the template itself writes it.</summary>
    /// <param name="tokenizer">Tokenizes the segments.</param>
    /// <param name="messages">The conversation, oldest message first.</param>
    /// <param name="generationPrompt">Whether to end with the ids that begin an assistant message.</param>
    /// <exception cref="InvalidDataException">The tokenizer lacks a special token of the template.</exception>
    /// <exception cref="FormatException">The template cannot render the messages.</exception>
    public abstract RenderedChat Render(TextTokenizer tokenizer, IReadOnlyList<Message> messages, bool generationPrompt);

    /// <summary>Whether a rendering begins with BOS.</summary>
    internal virtual bool WritesBos(TextTokenizer tokenizer) => false;

    /// <summary>A prompt, up to where the response begins.</summary>
    internal virtual int[] Prompt(TextTokenizer tokenizer, ChatContent chat) => Render(tokenizer, chat.Messages, generationPrompt: true).Ids;

    /// <summary>
    /// A whole conversation. One sequence where the template leaves earlier turns as they are; where it writes them otherwise once more follows
    /// (without their reasoning, say), each such turn has a sequence of its own that ends with it.
    /// </summary>
    /// <param name="tokenizer">Tokenizes.</param>
    /// <param name="chat">The conversation.</param>
    /// <param name="from">The first message whose span is wanted.</param>
    internal virtual IReadOnlyList<RenderedChat> Sequences(TextTokenizer tokenizer, ChatContent chat, int from) => [Render(tokenizer, chat.Messages, generationPrompt: false)];
}
