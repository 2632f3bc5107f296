using System.Text.Encodings.Web;
using System.Text.Json;

namespace Alignment.Data.Formats;

/// <summary>How rows are written: one line, letters of all scripts as they are.</summary>
internal static class JsonOutput
{
    /// <summary>For texts and streams.</summary>
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>For writers.</summary>
    public static JsonWriterOptions Writer { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
