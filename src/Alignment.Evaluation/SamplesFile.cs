using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Evaluation;

/// <summary><c>samples.jsonl</c>: every response with its scores; those to one prompt stand together.</summary>
internal static class SamplesFile
{
    /// <summary>The file's name in the stage's folder.</summary>
    public const string FileName = "samples.jsonl";

    private static readonly JsonSerializerOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The file's text.</summary>
    /// <param name="inputs">The prompts.</param>
    /// <param name="models">The models' responses and scores.</param>
    /// <param name="options">Samples of a prompt.</param>
    public static string Build(EvaluationInputs inputs, IReadOnlyList<ModelScores> models, EvaluationOptions options)
    {
        var text = new StringBuilder();
        for (var i = 0; i < inputs.Prompts.Count * options.Samples; i++)
        {
            var prompt = inputs.Prompts[i / options.Samples];
            foreach (var model in models)
            {
                var line = new JsonObject
                {
                    ["row"] = prompt.RowId,
                    ["model"] = model.Name,
                    ["sample"] = i % options.Samples,
                    ["prompt"] = prompt.Text,
                    ["response"] = model.Texts[i],
                    ["ended"] = model.Responses.Ended[i],
                    ["length"] = model.Responses.Ids[i].Length,
                    ["log_prob"] = model.LogProbs[i],
                    ["reference_log_prob"] = model.ReferenceLogProbs[i],
                };
                if (model.Gold is { } gold)
                {
                    line["gold_reward"] = gold[i];
                    line["rewards"] = new JsonObject(model.Terms!.Select(term => KeyValuePair.Create(term.Name, (JsonNode?)term.Scores[i])));
                }

                if (model.Rewards is { } rewards)
                {
                    line["reward"] = rewards[i];
                }

                if (model.HeldOutRewards is { } heldOut)
                {
                    line["held_out_reward"] = heldOut[i];
                }

                text.Append(line.ToJsonString(Format)).Append('\n');
            }
        }

        return text.ToString();
    }
}
