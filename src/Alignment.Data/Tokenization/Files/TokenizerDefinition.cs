using System.Security.Cryptography;
using System.Text.Json;
using Alignment.Data.Tokenization.Models;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Files;

/// <summary>Everything that the tokenizer files of a model folder say, checked against each other.</summary>
internal sealed record TokenizerDefinition
{
    public const string FileName = "tokenizer.json";

    public required ModelDefinition Model { get; init; }
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }
    public required Func<string, string>? Normalizer { get; init; }
    public required IReadOnlyList<IPreTokenizationStep> PreTokenizer { get; init; }
    public required TokenDecoder Decoder { get; init; }
    public required PostProcessor PostProcessor { get; init; }
    public required bool CleansUpSpaces { get; init; }
    public required IReadOnlyDictionary<string, int?> Roles { get; init; }
    public required string Folder { get; init; }
    public required string Fingerprint { get; init; }

    /// <summary>Reads the definition from the files (by name) of a folder.</summary>
    public static TokenizerDefinition Read(string folder, IReadOnlyDictionary<string, byte[]> files)
    {
        try
        {
            var config = TokenizerConfig.Read(folder, files);
            return Assemble(folder, files, config, TokenizerKinds.Read(folder, files, config));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{folder}: {e.Message}", e);
        }
    }

    private static TokenizerDefinition Assemble(string folder, IReadOnlyDictionary<string, byte[]> files, TokenizerConfig config, TokenizerParts parts)
    {
        var added = AddedTokenList.Read(folder, config, parts);
        var roles = new Dictionary<string, int?>();
        foreach (var role in SpecialRoles.All)
        {
            var name = config.Roles.ContainsKey(role) ? config.Role(role, null) : parts.Roles.GetValueOrDefault(role) ?? config.Role(role, parts.Class);
            roles[role] = added.MakeSpecial(role, name, isDeclared: config.Roles.ContainsKey(role));
        }

        foreach (var name in config.AdditionalSpecials)
        {
            added.MakeSpecial("additional_special_tokens", name, isDeclared: false);
        }

        int? bos = roles[SpecialRoles.Bos], eos = roles[SpecialRoles.Eos];
        return new()
        {
            Model = parts.Model,
            AddedTokens = added.Tokens,
            Normalizer = parts.Normalizer,
            PreTokenizer = parts.Model.CanCutAtMarks ? [.. parts.PreTokenizer, new WordBoundaryStep()] : parts.PreTokenizer,
            Decoder = parts.Decoder,
            PostProcessor = SpecialRoles.DecidesBosItself(config.Class)
                ? PostProcessor.Around(config.AddBos ?? true ? bos : null, config.AddEos ?? false ? eos : null)
                : parts.PostProcessor(role => roles.GetValueOrDefault(role)),
            CleansUpSpaces = config.CleanUpSpaces ?? parts.Decoder.IsWordPiece,
            Roles = roles,
            Folder = folder,

            // tokenizer.json holds everything that makes ids of text.
            Fingerprint = parts.File == FileName ? Convert.ToHexStringLower(SHA256.HashData(files[FileName])) : TokenizerKinds.Hash(files),
        };
    }
}
