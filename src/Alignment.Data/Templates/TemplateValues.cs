using System.Text.Json.Nodes;
using Alignment.Data.Jinja;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>What templates are given.</summary>
internal static class TemplateValues
{
    /// <summary>A message. What it holds is content, but not its role: templates make special tokens of that.</summary>
    public static object Of(Message message)
    {
        var value = message.Json is { } json
            ? (DictValue)JsonValues.Of(JsonNode.Parse(json))
            : new DictValue().Set((Text)"role", (Text)message.Role).Set((Text)"content", Text.OfContent(message.Content));
        return value.Set((Text)"role", (Text)message.Role);
    }

    /// <summary>The tokenizer's special tokens, those that it has.</summary>
    public static IEnumerable<(string Name, Text Token)> Specials(TextTokenizer tokenizer) =>
        new (string Name, int? Id)[]
        {
            ("bos_token", tokenizer.BosId),
            ("eos_token", tokenizer.HasEos ? tokenizer.EosId : null),
            ("unk_token", tokenizer.UnknownId),
            ("pad_token", tokenizer.HasEos ? tokenizer.PadId : null),
        }.Where(token => token.Id is not null).Select(token => (token.Name, (Text)tokenizer.TokenText(token.Id!.Value)));
}
