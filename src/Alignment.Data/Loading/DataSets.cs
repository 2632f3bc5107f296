using Alignment.Data.Collation;
using Alignment.Data.Formats;
using Alignment.Data.Rows;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Loading;

/// <summary>Files to examples, for one tokenizer.</summary>
/// <param name="tokenizer">Of the model that reads the examples.</param>
/// <param name="options">Template, length, what happens to misfits.</param>
public sealed class DataSets(TextTokenizer tokenizer, DataOptions options)
{
    private HeldOutShare? _share;
    private bool _isHeldOut;

    /// <summary>The template that the options name.</summary>
    public ChatTemplate Template { get; } = TemplateChoice.Find(options.Template, tokenizer).On(options.Day);

    /// <summary>Copies the tokenizer's files into a model folder, with the template of these options as the folder's own.</summary>
    /// <param name="folder">The model folder.</param>
    public void CopyTokenizer(string folder)
    {
        tokenizer.CopyTo(folder);
        if (Template.Source is { } source)
        {
            TemplateFiles.Store(folder, source);
        }
    }

    /// <summary>Rows to be imitated: text, messages, prompt and completion.</summary>
    /// <param name="files">Paths or patterns.</param>
    /// <param name="packing">Whether rows share sequences.</param>
    /// <param name="seed">Draws which rows do, where the packing leaves a choice.</param>
    /// <returns>The examples.</returns>
    /// <exception cref="DataFormatException">A row cannot be used.</exception>
    /// <exception cref="FileNotFoundException">A pattern matches no file.</exception>
    public LoadedRows<TokenExample> Supervised(IReadOnlyList<string> files, Packing packing = Packing.None, long seed = 0)
    {
        var how = Examples(options.MaxLength) with { Packing = packing == Packing.Wrapped ? packing : Packing.None };
        var loaded = Load<DataRow, TokenExample>(files, RowTypes.Supervised, ExampleFormats.Tokens, how, SupervisedExamples.Build);
        return packing == Packing.Bfd ? loaded with { Examples = PackedExamples.BestFit(loaded.Examples, options.MaxLength, seed) } : loaded;
    }

    /// <summary>Pairs of responses to one prompt.</summary>
    /// <param name="files">Paths or patterns.</param>
    /// <returns>The examples.</returns>
    /// <exception cref="DataFormatException">A row cannot be used.</exception>
    /// <exception cref="FileNotFoundException">A pattern matches no file.</exception>
    public LoadedRows<PreferenceExample> Preferences(IReadOnlyList<string> files) =>
        Load<PreferenceRow, PreferenceExample>(
            files, RowTypes.Preference, ExampleFormats.Preferences, Examples(options.MaxLength), PreferenceExamples.Build);

    /// <summary>Ranked or rated responses, and pairs, by their prompts.</summary>
    /// <param name="files">Paths or patterns.</param>
    /// <returns>The examples.</returns>
    /// <exception cref="DataFormatException">A row cannot be used.</exception>
    /// <exception cref="FileNotFoundException">A pattern matches no file.</exception>
    public LoadedRows<RankedExample> Ranked(IReadOnlyList<string> files) =>
        Load<DataRow, RankedExample>(
            files, RowTypes.Ranked | RowTypes.Preference, ExampleFormats.Ranked, Examples(options.MaxLength), RankedExamples.Build);

    /// <summary>Responses that are good or bad by themselves; pairs are taken apart.</summary>
    /// <param name="files">Paths or patterns.</param>
    /// <returns>The examples.</returns>
    /// <exception cref="DataFormatException">A row cannot be used.</exception>
    /// <exception cref="FileNotFoundException">A pattern matches no file.</exception>
    public LoadedRows<UnpairedExample> Unpaired(IReadOnlyList<string> files) =>
        Load<DataRow, UnpairedExample>(
            files, RowTypes.PromptCompletion | RowTypes.Preference, ExampleFormats.Unpaired, Examples(options.MaxLength), UnpairedExamples.Build);

    /// <summary>Prompts to be answered; what else a row holds is ignored but kept among its columns.</summary>
    /// <param name="files">Paths or patterns.</param>
    /// <param name="maxNewTokens">What the response may need of the length.</param>
    /// <returns>The examples.</returns>
    /// <exception cref="DataFormatException">A row cannot be used, or no length is left for prompts.</exception>
    /// <exception cref="FileNotFoundException">A pattern matches no file.</exception>
    public LoadedRows<PromptExample> Prompts(IReadOnlyList<string> files, int maxNewTokens) =>
        maxNewTokens < options.MaxLength
            ? Load<PromptRow, PromptExample>(
                files, RowTypes.Prompt, ExampleFormats.Prompts, Examples(options.MaxLength - maxNewTokens), PromptExamples.Build)
            : throw new InvalidDataException(
                $"max_new_tokens {maxNewTokens} leaves no room for a prompt in data.max_length {options.MaxLength}; raise the one or lower the other");

    /// <summary>Prompts with responses to choose from.</summary>
    /// <param name="files">Paths or patterns.</param>
    /// <returns>The examples.</returns>
    /// <exception cref="DataFormatException">A row cannot be used.</exception>
    /// <exception cref="FileNotFoundException">A pattern matches no file.</exception>
    public LoadedRows<ChoiceExample> Choices(IReadOnlyList<string> files) =>
        Load<PromptRow, ChoiceExample>(
            files, RowTypes.Prompt, ExampleFormats.Choices, Examples(options.MaxLength), ChoiceExamples.Build);

    /// <summary>The same for all rows but a share.</summary>
    internal DataSets Without(HeldOutShare share) => new(tokenizer, options) { _share = share };

    /// <summary>The same for the rows of a share.</summary>
    internal DataSets Only(HeldOutShare share) => new(tokenizer, options) { _share = share, _isHeldOut = true };

    private LoadedRows<TExample> Load<TRow, TExample>(
        IReadOnlyList<string> patterns,
        RowTypes accepted,
        ExampleFormat<TExample> format,
        ExampleOptions how,
        Func<IEnumerable<TRow>, ExampleOptions, ExampleSet<TExample>> build)
        where TRow : DataRow
    {
        var files = DataFiles.Resolve(patterns);
        return options.Cache.Length == 0 ? Make() : new TokenCache(options.Cache).Get(files, [.. how.Inputs, options.OnError.ToString(), .. options.System?.Inputs ?? [], .. _share?.Inputs(_isHeldOut) ?? []], format, Make);

        LoadedRows<TExample> Make()
        {
            var reader = new RowReader(accepted, options.OnError);
            var rows = reader.Read(files).Where(row => _share is null || _share.Has(row, accepted, options.OnError) == _isHeldOut);
            rows = options.System is { } system ? rows.Select(row => system.Apply(row, Template)) : rows;
            var set = build(rows.Cast<TRow>(), how);

            // Rows that cannot be used are counted once, with the rows to train on.
            return _isHeldOut ? new(set.Examples, set.Overflow, 0, []) : new(set.Examples, set.Overflow, reader.SkippedCount, reader.Skipped);
        }
    }

    private ExampleOptions Examples(int maxLength) =>
        new() { Tokenizer = tokenizer, MaxLength = maxLength, Template = Template, Overflow = options.Overflow };
}
