using Alignment.Data.Tokenization.Models;

namespace Alignment.Data.Tokenization.Files;

/// <summary>The added tokens of all files, checked against the vocabulary and each other.</summary>
internal sealed class AddedTokenList
{
    private readonly string _folder;
    private readonly string _source;
    private readonly ModelDefinition _model;
    private readonly Dictionary<string, AddedToken> _added = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _contents = [];

    private AddedTokenList(string folder, TokenizerParts parts)
    {
        _folder = folder;
        _source = parts.File;
        _model = parts.Model;
        foreach (var (token, id) in _model.Entries)
        {
            _contents[id] = token;
        }
    }

    /// <summary>In the order of the files.</summary>
    public IReadOnlyList<AddedToken> Tokens => [.. _added.Values];

    /// <summary>Those of the tokenizer's own file first; the configuration adds to them and changes how they are found.</summary>
    public static AddedTokenList Read(string folder, TokenizerConfig config, TokenizerParts parts)
    {
        var list = new AddedTokenList(folder, parts);
        foreach (var (token, error) in parts.AddedTokens)
        {
            if (list._added.ContainsKey(token.Content))
            {
                throw error($"has the added token '{token.Content}' twice");
            }

            list.Add(token, error);
        }

        foreach (var token in config.AddedTokens)
        {
            if (!list._added.TryGetValue(token.Content, out var known) || known.Id == token.Id)
            {
                list.Add(token, problem => new($"{Path.Combine(folder, TokenizerConfig.FileName)}: added_tokens_decoder {problem}."));
            }
        }

        return list;
    }

    /// <summary>Whatever begins, ends or pads a sequence must never come out of plain text, even where a file calls it an ordinary token.</summary>
    /// <returns>Its id; null where there is no such token.</returns>
    public int? MakeSpecial(string role, string? name, bool isDeclared)
    {
        if (name is null)
        {
            return null;
        }

        if (_added.TryGetValue(name, out var token))
        {
            _added[name] = token with { Special = true };
            return token.Id;
        }

        if (_model.Vocabulary.TryGetValue(name, out var id))
        {
            _added[name] = new(id, name, Special: true);
            return id;
        }

        return isDeclared && role is (SpecialRoles.Bos or SpecialRoles.Eos or SpecialRoles.Pad)
            ? throw new InvalidDataException($"{_folder}: {role} is '{name}', which is neither in the vocabulary nor among the added tokens of {_source}.")
            : null;
    }

    private void Add(AddedToken token, Func<string, InvalidDataException> error)
    {
        if (_model.Vocabulary.TryGetValue(token.Content, out var id) && id != token.Id)
        {
            throw error($"gives '{token.Content}' the id {token.Id}; in the vocabulary it has {id}");
        }

        if (!_contents.TryAdd(token.Id, token.Content) && _contents[token.Id] != token.Content)
        {
            throw error($"gives the id {token.Id} to '{token.Content}'; it belongs to '{_contents[token.Id]}'");
        }

        _added[token.Content] = token;
    }
}
