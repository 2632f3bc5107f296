using System.CommandLine;
using Alignment.Core.Lora;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;

namespace Alignment.Cli;

/// <summary>The option <c>--template</c> of commands that read rows or prompts.</summary>
internal static class TemplateOption
{
    /// <summary>Messages in the model's own template and texts as they stand, unless another one is named.</summary>
    public static Option<string> Create() => Checked(new Option<string>("--template") { Description = TemplateChoice.Values, DefaultValueFactory = _ => TemplateChoice.Auto, HelpName = "NAME" });

    /// <summary>A prompt is a user's message where the model ships a template, unless another one is named.</summary>
    public static Option<string?> ForPrompts() => Checked(new Option<string?>("--template") { Description = $"{TemplateChoice.Values}; default: model where the folder ships a template, else plain", HelpName = "NAME" });

    /// <summary>The template that is named, telling today's date where it writes one.</summary>
    /// <param name="name">Null is the default of prompts.</param>
    /// <param name="tokenizer">Of the model.</param>
    public static ChatTemplate Find(string? name, TextTokenizer tokenizer) =>
        (name is null ? TemplateChoice.ModelOrPlain(tokenizer) : TemplateChoice.Find(name, tokenizer)).On(DateOnly.FromDateTime(DateTime.UtcNow));

    /// <summary>The template that is named, telling today's date where it writes one.</summary>
    /// <param name="name">A name.</param>
    /// <param name="folder">The model's; it need not have a tokenizer.</param>
    public static ChatTemplate Find(string name, string folder) => TemplateChoice.Find(name, AdapterFolder.Chain(folder)).On(DateOnly.FromDateTime(DateTime.UtcNow));

    private static Option<T> Checked<T>(Option<T> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var name }] && TemplateChoice.Problem(name) is { } problem)
            {
                result.AddError($"--template {problem}");
            }
        });
        return option;
    }
}
