using Alignment.Data;
using Alignment.Data.Formats;

namespace Alignment.Labeling.Formats;

/// <summary>Tells a file's format by its first row.</summary>
public static class ExchangeFormats
{
    /// <summary>The format of a file with votes.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">It is none of the known ones.</exception>
    public static ExchangeFormat Of(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
        {
            return ExchangeFormat.Csv;
        }

        var first = JsonRows.Read(path).First();
        bool Has(string column) => first.Columns.ContainsKey(column);
        return Has("annotations") ? ExchangeFormat.LabelStudio
            : Has("fields") || Has($"{ArgillaRecords.Preference}.responses") ? ExchangeFormat.Argilla
            : Has("preferred_output") ? ExchangeFormat.Openai
            : Has("response1") && Has("annotator1") ? ExchangeFormat.Pandalm
            : Has("task") && Has("choice") ? ExchangeFormat.Jsonl
            : throw new DataFormatException(first.Id, $"the format is not known by the columns ({string.Join(", ", first.Columns.Select(pair => pair.Key))})", "name it with --from");
    }
}
