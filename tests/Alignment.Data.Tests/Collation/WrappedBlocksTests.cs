using Alignment.Data.Collation;
using Alignment.Data.Rows;
using static Alignment.Data.Tests.Collation.SupervisedExamplesTests;
using static Alignment.Data.Tests.TinyTokenizer;

namespace Alignment.Data.Tests.Collation;

public sealed class WrappedBlocksTests
{
    private static readonly ExampleOptions Options = new() { Tokenizer = Instance, MaxLength = 4, Packing = Packing.Wrapped };

    [Fact]
    public void Build_Texts_BlocksByHand()
    {
        var set = SupervisedExamples.Build([Text("f:1", "xy"), Text("f:2", "z"), Text("f:3", "uv")], Options);

        // stream: x y | z | u v |   with | = EOS, 8 tokens
        var (x, y, z, u, v) = (4 + 'x', 4 + 'y', 4 + 'z', 4 + 'u', 4 + 'v');
        set.Examples.Select(e => e.Ids).ShouldBe([[x, y, End, z], [z, End, u, v], [v, End]]);
        set.Examples.Select(Mask).ShouldBe(["0111", "0111", "01"]);
        set.Examples.Select(e => e.RowId).ShouldBe(["f:1..f:2", "f:2..f:3", "f:3"]);
        (set.Overflow.Rows, set.Overflow.Kept, set.Overflow.LongestTokens).ShouldBe((3, 3, 3));
    }

    [Fact]
    public void Build_AnyTexts_EveryTokenButTheFirstIsATargetOnce()
    {
        var random = new Random(5);
        for (var round = 0; round < 100; round++)
        {
            var rows = Enumerable.Range(0, random.Next(1, 6)).Select(i => Text($"f:{i}", new string('x', random.Next(1, 20)))).ToList();
            var stream = rows.SelectMany(r => Instance.Encode(r.Text).Append(End)).ToList();

            var blocks = SupervisedExamples.Build(rows, Options with { MaxLength = random.Next(2, 9) }).Examples;

            blocks.SelectMany(b => b.Ids.Zip(b.Supervised).Where(p => p.Second).Select(p => p.First)).ShouldBe(stream.Skip(1));
        }
    }

    [Fact]
    public void Build_OtherRow_Refused() =>
        Should.Throw<DataFormatException>(() => SupervisedExamples.Build([new PromptCompletionRow("a", "b") { Id = "f:1" }], Options)).Message
            .ShouldBe("f:1: packing: wrapped joins text rows only; set packing: none or give text rows");

    private static TextRow Text(string id, string text) => new(text) { Id = id };
}
