using System.Globalization;
using System.Text;
using Alignment.Data.Instructions;

namespace Alignment.Data.Tests.Instructions;

public sealed class SortedRowsTests
{
    [Theory]
    [InlineData(1 << 20)]
    [InlineData(64)]
    [InlineData(1)]
    public void WriteTo_AnyRunSize_IsTheStableSort(int runBytes)
    {
        using var folder = new TemporaryFolder();
        var runs = Path.Combine(folder.Path, "runs");
        var stream = Draws.Stream(1, "sort");
        var lines = Enumerable.Range(0, 200).Select(i => (Key: (double)stream.Below(5), Tie: (ulong)stream.Below(3), Text: $"line {i}")).ToList();
        var target = new MemoryStream();
        using (var sorted = new SortedRows(runs, runBytes))
        {
            foreach (var (key, tie, text) in lines)
            {
                sorted.Add(key, tie, Encoding.UTF8.GetBytes(text));
            }

            sorted.WriteTo(target);
        }

        Encoding.UTF8.GetString(target.ToArray()).ShouldBe(string.Concat(lines.OrderBy(line => line.Key).ThenBy(line => line.Tie).Select(line => line.Text + "\n")));
        Directory.Exists(runs).ShouldBeFalse(runBytes.ToString(CultureInfo.InvariantCulture));
    }
}
