using System.Text.Json;
using System.Text.Json.Serialization;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Formats;

/// <summary>A verdict as JSON: the candidate's number, or <c>"tie"</c>, <c>"both_bad"</c>, <c>"skip"</c>.</summary>
internal sealed class VerdictConverter : JsonConverter<Verdict>
{
    public override Verdict Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var candidate) && candidate >= 0)
        {
            return Verdict.Of(candidate);
        }

        return reader.TokenType == JsonTokenType.String && Verdict.TryParse(reader.GetString(), out var verdict)
            ? verdict
            : throw new JsonException("a verdict is a candidate's number from 0, \"tie\", \"both_bad\" or \"skip\"");
    }

    public override void Write(Utf8JsonWriter writer, Verdict value, JsonSerializerOptions options)
    {
        if (value.Kind == VerdictKind.Choice)
        {
            writer.WriteNumberValue(value.Choice);
        }
        else
        {
            writer.WriteStringValue(value.ToString());
        }
    }
}
