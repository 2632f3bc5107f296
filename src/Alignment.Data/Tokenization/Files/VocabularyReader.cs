using System.Text.Json;
using Alignment.Data.Tokenization.Models;

namespace Alignment.Data.Tokenization.Files;

/// <summary>Reads an object of token: id.</summary>
internal static class VocabularyReader
{
    public static Dictionary<string, int> Read(JsonPart part)
    {
        if (part.Element.ValueKind != JsonValueKind.Object)
        {
            throw part.Error("must be an object of token: id");
        }

        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        var tokens = new Dictionary<int, string>();
        foreach (var entry in part.Element.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var id) || id is < 0 or >= ModelDefinition.IdLimit)
            {
                throw part.Error($"gives '{entry.Name}' the id {entry.Value.GetRawText()}; ids are whole numbers from 0 to {ModelDefinition.IdLimit - 1}");
            }

            if (!vocabulary.TryAdd(entry.Name, id))
            {
                throw part.Error($"has the token '{entry.Name}' twice");
            }

            if (!tokens.TryAdd(id, entry.Name))
            {
                throw part.Error($"gives the id {id} to '{tokens[id]}' and to '{entry.Name}'");
            }
        }

        return vocabulary.Count > 0 ? vocabulary : throw part.Error("is empty");
    }
}
