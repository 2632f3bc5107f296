using Alignment.Data.Rows;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>Refuses a model that was trained on conversations written otherwise than those it is to read.</summary>
public static class TemplateContract
{
    private static readonly Message[][] Probes =
    [
        [new(Message.User, "One")],
        [new(Message.System, "Two"), new(Message.User, "Three")],
        [new(Message.User, "Four"), new(Message.Assistant, "Five"), new(Message.User, "Six")],
    ];

    /// <summary>Checks that a model's template and the one in use give the same tokens, whatever their texts are.</summary>
    /// <param name="tokenizer">Of both.</param>
    /// <param name="used">The template in use.</param>
    /// <param name="folders">The model folder, and those of its bases where that holds an adapter: the first that ships a template counts.</param>
    /// <param name="trainedWith">The option that the model was trained with; null where that is not known: then the template that it ships counts.</param>
    /// <param name="who">The option that names the folder, for the message.</param>
    /// <exception cref="InvalidDataException">They differ.</exception>
    public static void Check(TextTokenizer tokenizer, ChatTemplate used, IReadOnlyList<string> folders, string? trainedWith, string who)
    {
        ArgumentNullException.ThrowIfNull(folders);
        var own = folders.Select(TemplateFiles.Read).FirstOrDefault(template => template is not null);
        var theirs = trainedWith == ChatTemplate.Plain.Name ? ChatTemplate.Plain
            : trainedWith is null or TemplateChoice.Auto ? new AutoTemplate(own)
            : own ?? (ChatTemplate.Names.Contains(trainedWith) ? ChatTemplate.Named(trainedWith) : ChatTemplate.Plain);
        if (Difference(tokenizer, used, theirs) is { } difference)
        {
            throw new InvalidDataException(
                $"{who} '{folders[0]}' was trained with another template than data.template {used.Name}: {difference}; use one template for all models that read the same text");
        }
    }

    /// <summary>The same for a reference, if a stage trained it on messages; one that was trained on texts alone has no template yet.</summary>
    /// <param name="tokenizer">Of policy and reference.</param>
    /// <param name="used">The template in use.</param>
    /// <param name="reference">The reference's folder; null where it is the policy.</param>
    /// <param name="trainedWith">Gives the option that a folder's model was trained with; null where that is not known.</param>
    /// <exception cref="InvalidDataException">They differ.</exception>
    public static void CheckReference(TextTokenizer tokenizer, ChatTemplate used, string? reference, Func<string, string?> trainedWith)
    {
        if (reference is not null && trainedWith(reference) is { } option && option != ChatTemplate.Plain.Name && option != TemplateChoice.Auto)
        {
            Check(tokenizer, used, [reference], option, "reference");
        }
    }

    /// <summary>Where two templates differ, in words; null where they do not. <c>auto</c> leaves open what it does with texts.</summary>
    private static string? Difference(TextTokenizer tokenizer, ChatTemplate used, ChatTemplate theirs)
    {
        if (used is not AutoTemplate && theirs is not AutoTemplate && used.WrapsText != theirs.WrapsText)
        {
            return theirs.WrapsText ? "it reads texts as messages" : "it reads texts as they stand";
        }

        if (!used.RendersMessages || !theirs.RendersMessages)
        {
            return null;
        }

        foreach (var probe in Probes)
        {
            var (ours, others) = (Ids(tokenizer, used, probe), Ids(tokenizer, theirs, probe));
            if (!ours.AsSpan().SequenceEqual(others))
            {
                return $"a prompt is '{Shown(tokenizer, others)}' there, '{Shown(tokenizer, ours)}' here";
            }
        }

        return null;
    }

    /// <summary>A prompt without BOS; nothing where the template refuses it.</summary>
    private static int[] Ids(TextTokenizer tokenizer, ChatTemplate template, Message[] probe)
    {
        try
        {
            var ids = template.On(DateOnly.MinValue).Prompt(tokenizer, new(probe));
            return ids.Length > 0 && ids[0] == tokenizer.BosId ? ids[1..] : ids;
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private static string Shown(TextTokenizer tokenizer, int[] ids) => tokenizer.Decode(ids, skipSpecials: false).Replace("\n", "\\n", StringComparison.Ordinal);
}
