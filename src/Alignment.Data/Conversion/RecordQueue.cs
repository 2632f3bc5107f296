using System.Text.Json.Nodes;
using Alignment.Data.Formats;

namespace Alignment.Data.Conversion;

/// <summary>Writes records one behind, so that a row which belongs into the record before it comes there.</summary>
/// <param name="target">The file.</param>
/// <param name="format">Says which rows belong together.</param>
internal sealed class RecordQueue(RowFile target, DataFormat format)
{
    private const int MostRows = 10_000;

    private JsonObject? _record;
    private string _id = "";
    private int _rows;

    /// <summary>Takes a row.</summary>
    /// <param name="row">As the format writes it.</param>
    /// <param name="id">Where it came from.</param>
    public void Add(JsonObject row, string id)
    {
        if (_record is not null && _rows < MostRows && format.Merge(_record, row))
        {
            _rows++;
            return;
        }

        Flush();
        (_record, _id, _rows) = (row, id, 1);
    }

    /// <summary>Writes the last record.</summary>
    public void Flush()
    {
        if (_record is not null)
        {
            target.Write(_record, _id);
            _record = null;
        }
    }
}
