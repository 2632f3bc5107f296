using System.Text.Encodings.Web;
using System.Text.Json;
using Alignment.Data.Rows;
using static TorchSharp.torch;

namespace Alignment.Evaluation.Scoring;

/// <summary>Writes scores, one JSON object a line. A row that is no batch gets plain lists, a batch one list for each sequence.</summary>
/// <param name="output">The file.</param>
/// <param name="settings">Which keys are wanted.</param>
internal sealed class ScoreLines(Stream output, ScoreSettings settings)
{
    private static readonly JsonWriterOptions Style = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one line.</summary>
    /// <exception cref="InvalidDataException">A number is not finite.</exception>
    public void Write(ScoreRow row, RowScore score)
    {
        using (var json = new Utf8JsonWriter(output, Style))
        {
            json.WriteStartObject();
            json.WriteString("id", row.Id);
            if (row.IsTokenized)
            {
                PerSequence(json, "input_ids", row, row.Ids, ids => List(json, ids, id => json.WriteNumberValue(id)));
            }

            if (score.LogProbs is { } logProbs)
            {
                PerSequence(json, "logprobs", row, logProbs, list => List(json, list, value => Single(json, row, value)));
                PerSequence(json, "sum", row, logProbs, list => Double(json, row, list.Sum(value => value ?? 0.0)));
                if (row is { IsTokenized: true, Labels: [var labels, ..] })
                {
                    json.WritePropertyName("completion_sum");
                    Double(json, row, logProbs[0].Where((_, place) => labels[place + 1] != ScoreRow.NotCounted).Sum(value => value ?? 0.0));
                }
            }

            if (score.Logits is { } logits)
            {
                PerSequence(json, "logits", row, [.. Enumerable.Range(0, row.Ids.Count)], sequence => Floats(json, row, logits[sequence]));
            }

            if (settings.Loss || settings.GradNorms)
            {
                json.WritePropertyName("loss");
                Double(json, row, score.Loss);
            }

            if (score.GradNorms is { } norms)
            {
                json.WriteStartObject("grad_norms");
                foreach (var (name, norm) in norms)
                {
                    json.WritePropertyName(name);
                    Double(json, row, norm);
                }

                json.WriteEndObject();
            }

            if (score.Greedy is { } greedy)
            {
                PerSequence(json, "greedy", row, greedy, ids => List(json, ids, id => json.WriteNumberValue(id)));
            }

            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    private static void PerSequence<T>(Utf8JsonWriter json, string name, ScoreRow row, IReadOnlyList<T> values, Action<T> write)
    {
        json.WritePropertyName(name);
        if (row.IsBatch)
        {
            List(json, values, write);
        }
        else
        {
            write(values[0]);
        }
    }

    private static void List<T>(Utf8JsonWriter json, IReadOnlyList<T> values, Action<T> write)
    {
        json.WriteStartArray();
        foreach (var value in values)
        {
            write(value);
        }

        json.WriteEndArray();
    }

    /// <summary>[labels] or [T, V], one place at a time: the logits of a long text are more than one array can hold.</summary>
    private static void Floats(Utf8JsonWriter json, ScoreRow row, Tensor values)
    {
        if (values.dim() == 1)
        {
            List(json, values.contiguous().data<float>().ToArray(), value => Single(json, row, value));
            return;
        }

        json.WriteStartArray();
        for (var place = 0L; place < values.size(0); place++)
        {
            using var scope = NewDisposeScope();
            Floats(json, row, values[place]);
            json.Flush();
        }

        json.WriteEndArray();
    }

    /// <summary>The shortest digits that read back as the same float32.</summary>
    private static void Single(Utf8JsonWriter json, ScoreRow row, double? value)
    {
        if (value is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteNumberValue((float)Finite(row, value.Value));
        }
    }

    private static void Double(Utf8JsonWriter json, ScoreRow row, double? value)
    {
        if (value is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteNumberValue(Finite(row, value.Value));
        }
    }

    private static double Finite(ScoreRow row, double value) => double.IsFinite(value)
        ? value
        : throw new InvalidDataException($"{row.Id}: the model gives a number that is not finite ({value}): its weights are damaged, or they need --dtype float32.");
}
