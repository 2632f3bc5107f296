using Alignment.Core.Numerics;
using Alignment.Data;
using Alignment.Data.Collation;
using Alignment.Data.Formats;
using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Training.Runs;

namespace Alignment.Sampling;

/// <summary>Reads the rows to respond to.</summary>
internal static class SourcePrompts
{
    /// <summary>Reads the files; counts go to the manifest.</summary>
    /// <param name="options">Files, template, length.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="context">The longest sequence that the models can read, in tokens.</param>
    /// <param name="session">Takes the counts.</param>
    /// <exception cref="DataFormatException">A row cannot be used.</exception>
    /// <exception cref="InvalidDataException">A prompt leaves no room for a response, or none is left.</exception>
    public static IReadOnlyList<SourcePrompt> Load(SampleOptions options, TextTokenizer tokenizer, int context, StageSession session)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var template = new DataSets(tokenizer, options.Data).Template;
        var loaded = MixOptions.Load(options.Prompts, options.Mix, Read);
        foreach (var (name, value) in loaded.Counts("prompts"))
        {
            session.Count(name, value);
        }

        CheckRoom(loaded.Examples, options.Sampling.MaxNewTokens, context);
        return loaded.Examples.Count == 0
            ? throw new InvalidDataException($"prompts: {string.Join(", ", options.Prompts)}: no prompt is left to respond to; see what was skipped, or name other files")
            : loaded.Mix is { } mix ? [.. mix.Draw(Seeds.Derive(session.Manifest.Seed, "mix"), epoch: 0).Order().Select(row => loaded.Examples[row])] : loaded.Examples;

        LoadedRows<SourcePrompt> Read(IReadOnlyList<string> files)
        {
            var reader = new RowReader(options.Accepted, options.Data.OnError);
            var sources = reader.Read(DataFiles.Resolve(files)).Select(row => options.Data.System?.Apply(row, template) ?? row).Select(row => Parts(row, Named(row.Id, seen))).ToList();
            var set = PromptExamples.Build(sources.Select(source => source.Row), new ExampleOptions
            {
                Tokenizer = tokenizer,
                MaxLength = options.Data.MaxLength - options.Sampling.MaxNewTokens,
                Template = template,
                Overflow = options.Data.Overflow,
            });
            var rows = sources.ToDictionary(source => source.Row.Id, StringComparer.Ordinal);
            return new LoadedRows<PromptExample>(set.Examples, set.Overflow, reader.SkippedCount, reader.Skipped)
                .As(example => new SourcePrompt(example, rows[example.RowId].Row.Prompt, rows[example.RowId].Completion));
        }
    }

    // Some formats hold several rows in one line.
    private static string Named(string id, Dictionary<string, int> seen)
    {
        seen[id] = seen.GetValueOrDefault(id) + 1;
        return seen[id] == 1 ? id : $"{id}#{seen[id]}";
    }

    // A prompt, and the completion that is the last answer of a conversation.
    private static (PromptRow Row, Content? Completion) Parts(DataRow row, string id) => row switch
    {
        PromptCompletionRow pair => (Of(row, id, pair.Prompt), pair.Completion),
        MessagesRow { Messages: [.., { Role: Message.Assistant } last] messages } chat when messages.Count > 1 =>
            (Of(row, id, new ChatContent([.. messages.Take(messages.Count - 1)]) { Variables = chat.Variables }), (Message[])[last]),
        MessagesRow => throw new DataFormatException(row.Id, "the conversation does not end with an answer of the assistant", "spin sets that answer against the model's own: add it, or leave the row out"),
        _ => (Of(row, id, ((PromptRow)row).Prompt), null),
    };

    private static PromptRow Of(DataRow row, string id, Content prompt) => new(prompt) { Id = id, Columns = row.Columns };

    private static void CheckRoom(IReadOnlyList<SourcePrompt> prompts, int maxNewTokens, int context)
    {
        if (prompts.Select(prompt => prompt.Example).FirstOrDefault(prompt => prompt.Prompt.Length + maxNewTokens > context) is { } tooLong)
        {
            throw new InvalidDataException(
                $"{tooLong.RowId}: the prompt has {tooLong.Prompt.Length} tokens; with sampling.max_new_tokens {maxNewTokens} that is more than the context of {context} tokens; lower it, or set data.max_length {context} with data.overflow: drop or truncate_prompt");
        }
    }
}
