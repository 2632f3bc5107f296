namespace Alignment.Data.Formats;

/// <summary>The objects of a file of JSONL or of a JSON array, gzip of both included, whatever their columns mean; one in memory at a time.</summary>
public static class JsonRows
{
    /// <summary>Reads a file.</summary>
    /// <param name="file">The path.</param>
    /// <exception cref="DataFormatException">A row is no JSON object, or the file is damaged or empty.</exception>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    public static IEnumerable<JsonRow> Read(string file) => JsonRecords.Read(file).Select(record => new JsonRow(record.Id, JsonObjects.Parse(record)));
}
