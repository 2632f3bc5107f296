using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Evaluation;

/// <summary><c>choices.jsonl</c>: for each row of choices, which models were right.</summary>
internal static class ChoicesFile
{
    /// <summary>The file's name in the stage's folder.</summary>
    public const string FileName = "choices.jsonl";

    private const string Row = "row";
    private const string Right = "right";
    private static readonly JsonSerializerOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The file's text; empty without rows of choices.</summary>
    /// <param name="inputs">The rows.</param>
    /// <param name="models">The models' scores.</param>
    public static string Build(EvaluationInputs inputs, IReadOnlyList<ModelScores> models)
    {
        var text = new StringBuilder();
        foreach (var (i, row) in inputs.Choices.Index())
        {
            var line = new JsonObject { [Row] = row.RowId, [Right] = new JsonObject(models.Select(model => KeyValuePair.Create(model.Name, (JsonNode?)(model.ChoicesRight![i] == 1)))) };
            text.Append(line.ToJsonString(Format)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Row id, and whether each model, by name, was right.</returns>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public static IEnumerable<(string Row, IReadOnlyDictionary<string, bool> Right)> Read(string path)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            (string, Dictionary<string, bool>) one;
            try
            {
                var node = JsonNode.Parse(line)!;
                one = (node[Row]!.GetValue<string>(), node[Right]!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<bool>()));
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException)
            {
                throw new InvalidDataException($"{path}:{number}: no line of an evaluation's {FileName}; name the file that evaluate wrote", e);
            }

            yield return one;
        }
    }
}
