using System.Security.Cryptography;
using System.Text.Json;

namespace Alignment.Data.Tokenization;

/// <summary>Everything that the tokenizer files of a model folder say, checked against each other.</summary>
internal sealed record TokenizerDefinition
{
    public const string FileName = "tokenizer.json";

    public required BpeDefinition Model { get; init; }
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }
    public required Func<string, string>? Normalizer { get; init; }
    public required IReadOnlyList<IPreTokenizationStep> PreTokenizer { get; init; }
    public required TokenDecoder Decoder { get; init; }
    public required int? BosId { get; init; }
    public required int? EosId { get; init; }
    public required int? PadId { get; init; }
    public required PostProcessor PostProcessor { get; init; }
    public required string Folder { get; init; }
    public required string Fingerprint { get; init; }

    /// <summary>Reads the definition from the files (by name) of a folder.</summary>
    public static TokenizerDefinition Read(string folder, IReadOnlyDictionary<string, byte[]> files)
    {
        var path = Path.Combine(folder, FileName);
        if (!files.TryGetValue(FileName, out var bytes))
        {
            throw new FileNotFoundException(
                $"'{folder}' has no {FileName}; give a model folder with the tokenizer files in Hugging Face layout (save the tokenizer as 'fast').", path);
        }

        try
        {
            return Read(folder, path, bytes, TokenizerConfig.Read(folder, files));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    private static TokenizerDefinition Read(string folder, string path, byte[] bytes, TokenizerConfig config)
    {
        var root = JsonPart.Parse(bytes, path);
        var model = BpeDefinition.Read(root["model"]);
        var added = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        var contents = model.Vocabulary.ToDictionary(e => e.Value, e => e.Key);
        foreach (var item in root.Optional("added_tokens")?.Items() ?? [])
        {
            Add(TokenizerConfig.ReadAddedToken(item, item["id"].Int), item.Error);
        }

        foreach (var token in config.AddedTokens.Where(t => !added.ContainsKey(t.Content)))
        {
            Add(token, new JsonPart(root.Element, "added_tokens_decoder", Path.Combine(folder, TokenizerConfig.FileName)).Error);
        }

        foreach (var name in (string?[])[config.BosToken, config.EosToken, config.PadToken])
        {
            MakeSpecial(name);
        }

        var steps = PreTokenizerReader.Read(root.Optional("pre_tokenizer")).ToArray();
        return new()
        {
            Model = model,
            AddedTokens = [.. added.Values],
            Normalizer = NormalizerReader.Read(root.Optional("normalizer")),
            PreTokenizer = steps.Length == 0 && CanCutAtMarks(model) ? [new WordBoundaryStep()] : steps,
            Decoder = TokenDecoder.Read(root.Optional("decoder")),
            BosId = Find("bos_token", config.BosToken),
            EosId = Find("eos_token", config.EosToken),
            PadId = Find("pad_token", config.PadToken),
            PostProcessor = PostProcessor.Read(root.Optional("post_processor")),
            Folder = folder,
            Fingerprint = Convert.ToHexStringLower(SHA256.HashData(bytes)),
        };

        void Add(AddedToken token, Func<string, InvalidDataException> error)
        {
            if (model.Vocabulary.TryGetValue(token.Content, out var id) && id != token.Id)
            {
                throw error($"gives '{token.Content}' the id {token.Id}; in model.vocab it has {id}");
            }

            if (!contents.TryAdd(token.Id, token.Content) && contents[token.Id] != token.Content)
            {
                throw error($"gives the id {token.Id} to '{token.Content}'; it belongs to '{contents[token.Id]}'");
            }

            if (!added.TryAdd(token.Content, token))
            {
                throw error($"has the added token '{token.Content}' twice");
            }
        }

        // Whatever ends or pads a sequence must never come out of plain text, even where the file calls it an ordinary added token.
        void MakeSpecial(string? name)
        {
            if (name is not null && (added.ContainsKey(name) || model.Vocabulary.ContainsKey(name)))
            {
                added[name] = added.TryGetValue(name, out var token) ? token with { Special = true } : new(model.Vocabulary[name], name, Special: true);
            }
        }

        int? Find(string role, string? name) => name is null ? null
            : added.TryGetValue(name, out var token) ? token.Id
            : throw new InvalidDataException($"{folder}: {role} is '{name}', which is neither in model.vocab nor in added_tokens of {FileName}.");
    }

    private static bool CanCutAtMarks(BpeDefinition model) =>
        model.ContinuingSubwordPrefix is null && model.EndOfWordSuffix is null && !model.IgnoreMerges
        && model.Vocabulary.ContainsKey(WordBoundaryStep.Mark.ToString())
        && !model.Merges.Any(m => m.Right[0] == WordBoundaryStep.Mark && m.Left[^1] != WordBoundaryStep.Mark);
}
