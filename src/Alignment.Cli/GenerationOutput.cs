using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Core.Generation;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;

namespace Alignment.Cli;

/// <summary>Writes responses, as text for people or as one JSON object each.</summary>
/// <param name="tokenizer">Makes text of ids.</param>
/// <param name="jsonl">As JSON.</param>
/// <param name="many">There is more than one response, so text says which prompt each belongs to.</param>
internal sealed class GenerationOutput(TextTokenizer tokenizer, bool jsonl, bool many)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes all responses to a prompt, or the best one where there are rewards.</summary>
    public void Write(TextWriter output, PromptExample prompt, IReadOnlyList<GeneratedSequence> responses, double[]? rewards)
    {
        var best = rewards is null ? -1 : Array.IndexOf(rewards, rewards.Max());
        for (var sample = 0; sample < responses.Count; sample++)
        {
            if (best < 0 || sample == best)
            {
                Write(output, prompt, sample, responses[sample], rewards);
            }
        }
    }

    private void Write(TextWriter output, PromptExample prompt, int sample, GeneratedSequence response, double[]? rewards)
    {
        var text = tokenizer.Decode(response.Ids);
        if (jsonl)
        {
            output.WriteLine(Json(prompt, sample, response, text, rewards).ToJsonString(Readable));
            return;
        }

        if (many)
        {
            output.WriteLine($"[{prompt.RowId}{(sample > 0 ? $", sample {sample + 1}" : "")}] {prompt.Text}");
        }

        output.WriteLine(text);
        if (many)
        {
            output.WriteLine();
        }
    }

    private static JsonObject Json(PromptExample prompt, int sample, GeneratedSequence response, string text, double[]? rewards)
    {
        var json = new JsonObject
        {
            ["id"] = prompt.RowId,
            ["prompt"] = prompt.Text,
            ["sample"] = sample,
            ["response"] = text,
            ["finish"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(response.Finish.ToString()),
            ["tokens"] = new JsonArray([.. response.Ids.Select(id => (JsonNode)id)]),
            ["logprobs"] = new JsonArray([.. response.LogProbs.Select(value => (JsonNode)Rounded(value))]),
            ["logprob"] = Rounded(response.LogProbs.Sum(value => (double)value)),
        };
        if (rewards is not null)
        {
            json["reward"] = Rounded(rewards[sample]);
            json["rewards"] = new JsonArray([.. rewards.Select(value => (JsonNode)Rounded(value))]);
        }

        return json;
    }

    private static double Rounded(double value) => Math.Round(value, 5);
}
