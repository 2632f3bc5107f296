using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>What the option <c>template</c> may name.</summary>
public static class TemplateChoice
{
    /// <summary>Messages in the model's own template, text as it stands.</summary>
    public const string Auto = "auto";

    /// <summary>The model's own template, text wrapped as messages.</summary>
    public const string Model = "model";

    /// <summary>What the option may be, in words.</summary>
    public const string Values =
        "auto (messages in the model's own template, texts as they stand), model (its own template; a text prompt becomes a user message, a completion an assistant message), "
        + "plain (texts as they stand), chatml, llama-3, zephyr, gemma, phi-3, alpaca, or a .jinja file";

    private const string FileEnding = ".jinja";

    internal static string Advice => $"{Auto}, {Model}, {string.Join(", ", ChatTemplate.Names)} or the path of a {FileEnding} file";

    /// <summary>What is wrong with a name; null when nothing is.</summary>
    public static string? Problem(string name) => name is Auto or Model || ChatTemplate.Names.Contains(name) ? null
        : !name.EndsWith(FileEnding, StringComparison.Ordinal) ? $"is '{name}'; use {Advice}"
        : File.Exists(name) ? null
        : $"names the file '{name}', which does not exist";

    /// <summary>Whether a name is a file's.</summary>
    public static bool IsFile(string name) => name.EndsWith(FileEnding, StringComparison.Ordinal) && !ChatTemplate.Names.Contains(name);

    /// <summary>The template of that name.</summary>
    /// <param name="name">See <see cref="Values"/>.</param>
    /// <param name="tokenizer">Of the model whose own template may be meant.</param>
    /// <exception cref="InvalidDataException">The model ships none.</exception>
    /// <exception cref="FormatException">The template cannot be read; the message names the line.</exception>
    public static ChatTemplate Find(string name, TextTokenizer tokenizer) => Find(name, () => TemplateFiles.Read(tokenizer));

    /// <summary>The template of that name.</summary>
    /// <param name="name">See <see cref="Values"/>.</param>
    /// <param name="folders">Of the model whose own template may be meant: its folder, and those of its bases where that holds an adapter.</param>
    /// <exception cref="InvalidDataException">The model ships none.</exception>
    /// <exception cref="FormatException">The template cannot be read; the message names the line.</exception>
    public static ChatTemplate Find(string name, IReadOnlyList<string> folders) =>
        Find(name, () => folders.Select(TemplateFiles.Read).FirstOrDefault(own => own is not null));

    private static ChatTemplate Find(string name, Func<ChatTemplate?> own) => name switch
    {
        Auto => new AutoTemplate(own()),
        Model => own()
            ?? throw new InvalidDataException($"template is '{Model}', but the model folder ships no chat template; name one: {Advice}"),
        _ when IsFile(name) => ChatTemplate.FromFile(name),
        _ => ChatTemplate.Named(name),
    };

    /// <summary>The model's own template, text wrapped as messages, where it ships one, else <c>plain</c>.</summary>
    public static ChatTemplate ModelOrPlain(TextTokenizer tokenizer) => TemplateFiles.Read(tokenizer) ?? ChatTemplate.Plain;
}
