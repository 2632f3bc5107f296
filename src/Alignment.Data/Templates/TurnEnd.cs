using Alignment.Data.Jinja;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Templates;

/// <summary>What ends the assistant's turns in a template.</summary>
/// <param name="StopId">The token.</param>
/// <param name="Token">Its text.</param>
/// <param name="IsAdded">The template writes none: the tokenizer's EOS is put behind the turn, as behind plain text.</param>
internal sealed record TurnEnd(int StopId, string Token, bool IsAdded)
{
    /// <summary>The first special token behind the assistant's text.</summary>
    /// <param name="tokenizer">Knows the special tokens.</param>
    /// <param name="probe">A rendering that ends with an answer.</param>
    public static TurnEnd Of(TextTokenizer tokenizer, Text probe)
    {
        var answered = probe.Runs.LastOrDefault(run => run.Origin.HasFlag(TextOrigin.Content)).End;
        foreach (var id in TemplateTokens.Encode(tokenizer, probe, answered, probe.Value.Length))
        {
            if (tokenizer.IsSpecial(id) || (tokenizer.HasEos && id == tokenizer.EosId))
            {
                return new(id, tokenizer.TokenText(id), IsAdded: false);
            }
        }

        return new(tokenizer.EosId, tokenizer.TokenText(tokenizer.EosId), IsAdded: true);
    }
}
