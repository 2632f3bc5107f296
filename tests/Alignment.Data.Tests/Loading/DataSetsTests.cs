using Alignment.Data.Collation;
using Alignment.Data.Loading;

namespace Alignment.Data.Tests.Loading;

public class DataSetsTests
{
    [Fact]
    public void Supervised_BigFile_IsTokenizedInOrderAndKept()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("big.jsonl", string.Concat(Enumerable.Range(0, 9000).Select(i => $$"""{"prompt": "Row {{i}} of a file with many rows: ", "completion": "it is the row of the number {{i}} and of nothing else but that one"}""" + "\n")));
        var cache = Path.Combine(folder.Path, "cache");
        var options = new DataOptions { Template = "plain", Cache = cache, MaxLength = 256 };

        var made = new DataSets(TinyTokenizer.Instance, options).Supervised([data]);
        var entry = File.GetLastWriteTimeUtc(Directory.GetFiles(cache).Single());
        var kept = new DataSets(TinyTokenizer.Instance, options).Supervised([data]);
        var uncached = new DataSets(TinyTokenizer.Instance, options with { Cache = "" }).Supervised([data]);
        var shorter = new DataSets(TinyTokenizer.Instance, options with { MaxLength = 100, Overflow = Overflow.Drop }).Supervised([data]);

        made.Examples.Select(e => e.RowId).ShouldBe(Enumerable.Range(1, 9000).Select(line => $"{data}:{line}"));
        foreach (var other in (LoadedRows<Rows.TokenExample>[])[kept, uncached])
        {
            other.Examples.Count.ShouldBe(9000);
            other.Overflow.LongestTokens.ShouldBe(made.Overflow.LongestTokens);
            other.Examples.Zip(made.Examples).All(pair => pair.First.RowId == pair.Second.RowId && pair.First.Ids.SequenceEqual(pair.Second.Ids) && pair.First.Supervised.SequenceEqual(pair.Second.Supervised)).ShouldBeTrue();
        }

        Directory.GetFiles(cache).Min(File.GetLastWriteTimeUtc).ShouldBe(entry);
        Directory.GetFiles(cache).Length.ShouldBe(2);
        shorter.Overflow.Dropped.ShouldBeGreaterThan(0);
    }
}
