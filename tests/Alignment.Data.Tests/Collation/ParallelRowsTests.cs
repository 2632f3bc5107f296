using Alignment.Data.Collation;

namespace Alignment.Data.Tests.Collation;

public class ParallelRowsTests
{
    [Fact]
    public void Map_ManyRows_KeepsTheirOrder() =>
        ParallelRows.Map(Enumerable.Range(0, 10_000), i => i * 2).ShouldBe(Enumerable.Range(0, 10_000).Select(i => i * 2));

    [Fact]
    public void Map_RowsThatFail_GivesTheFirstInOrder()
    {
        var seen = new List<int>();
        var error = Should.Throw<FormatException>(() => seen.AddRange(ParallelRows.Map(Enumerable.Range(0, 5000), i => i % 1000 == 700 ? throw new FormatException($"{i}") : i)));

        error.Message.ShouldBe("700");
    }

    [Fact]
    public void Map_SourceThatFails_GivesTheRowsBeforeFirst()
    {
        var seen = new List<int>();
        Should.Throw<InvalidOperationException>(() =>
        {
            foreach (var i in ParallelRows.Map(Broken(), i => i))
            {
                seen.Add(i);
            }
        }).Message.ShouldBe("row 3");
        seen.ShouldBe([0, 1, 2]);

        static IEnumerable<int> Broken()
        {
            for (var i = 0; i < 3; i++)
            {
                yield return i;
            }

            throw new InvalidOperationException("row 3");
        }
    }
}
