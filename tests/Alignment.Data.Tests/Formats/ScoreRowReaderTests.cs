using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Tests.Formats;

public sealed class ScoreRowReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_OneListOrABatch_KeepsWhichItWas()
    {
        var rows = Read("""{"input_ids": [1, 2, 3]}""" + "\n" + """{"input_ids": [[1, 2], [3, 4]], "attention_mask": [[1, 1], [0, 1]], "position_ids": [[0, 1], [0, 0]], "labels": [[1, 2], [-100, 4]]}""");

        rows[0].IsBatch.ShouldBeFalse();
        rows[0].Ids.ShouldBe([[1, 2, 3]]);
        rows[0].Real.ShouldBeNull();
        rows[1].IsBatch.ShouldBeTrue();
        rows[1].Ids.ShouldBe([[1, 2], [3, 4]]);
        rows[1].Real.ShouldBe([[true, true], [false, true]]);
        rows[1].Positions.ShouldBe([[0, 1], [0, 0]]);
        rows[1].Labels.ShouldBe([[1, 2], [-100, 4]]);
    }

    [Fact]
    public void Read_DifferentLengths_ArePaddedOnTheRight()
    {
        var row = Read("""{"input_ids": [[1, 2, 3], [4]], "labels": [[1, 2, 3], [4]]}""").Single();

        row.Ids.ShouldBe([[1, 2, 3], [4, 0, 0]]);
        row.Real.ShouldBe([[true, true, true], [true, false, false]]);
        row.Labels.ShouldBe([[1, 2, 3], [4, -100, -100]]);
    }

    [Fact]
    public void Read_ClassLabels_AreOneOrOnePerClass()
    {
        Read("""{"input_ids": [[1], [2]], "labels": [2, 0]}""", options => options with { Classes = 3 }).Single().ClassLabels.ShouldBe([[2], [0]]);
        Read("""{"input_ids": [1], "label": 1}""", options => options with { Classes = 3 }).Single().ClassLabels.ShouldBe([[1]]);
        Read("""{"input_ids": [1], "labels": [0, 1, 1]}""", options => options with { Classes = 3, HasLabelPerClass = true }).Single().ClassLabels.ShouldBe([[0, 1, 1]]);
        Read("""{"input_ids": [1], "labels": -0.5}""", options => options with { Classes = 1 }).Single().ClassLabels.ShouldBe([[-0.5]]);
    }

    [Theory]
    [InlineData("""{"input_ids": []}""", "'input_ids' is an empty list")]
    [InlineData("""{"input_ids": [[]]}""", "there is no token in it")]
    [InlineData("""{"input_ids": "1 2"}""", "'input_ids' is text")]
    [InlineData("""{"input_ids": [1, 2.5]}""", "'input_ids' holds 2.5 where a whole number is expected")]
    [InlineData("""{"input_ids": [1, -1]}""", "'input_ids' holds -1; the model takes 0 to 9")]
    [InlineData("""{"input_ids": [1, 2], "labels": [1, 10]}""", "'labels' holds 10; the model takes 0 to 9, or -100")]
    [InlineData("""{"input_ids": [1, 2], "attention_mask": [1]}""", "'attention_mask' has another shape than 'input_ids'")]
    [InlineData("""{"input_ids": [1, 2], "attention_mask": [[1, 1]]}""", "'attention_mask' has another shape than 'input_ids'")]
    [InlineData("""{"input_ids": [1, 2], "attention_mask": [1, 2]}""", "'attention_mask' holds 2")]
    [InlineData("""{"input_ids": [1, 2], "attention_mask": [0, 0]}""", "'attention_mask' leaves no token of sequence 1")]
    [InlineData("""{"input_ids": [1, 2, 3, 4, 5]}""", "5 tokens are more than the 4 positions that the model has")]
    [InlineData("""{"input_ids": [1, 2], "position_ids": [0, 4]}""", "'position_ids' holds 4; the model takes 0 to 3")]
    [InlineData("""{"question": "what?"}""", "no column that is needed")]
    public void Read_BadRow_NamesTheLineAndTheReason(string row, string reason)
    {
        var error = Should.Throw<DataFormatException>(() => Read("""{"input_ids": [1]}""" + "\n" + row, options => options with { MaxLength = 4 }));

        error.Message.ShouldStartWith($"{Path.Combine(_folder.Path, "rows.jsonl")}:2: ");
        error.Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("""{"input_ids": [1], "labels": 3}""", "the label 3 is not one of the model's 3 classes")]
    [InlineData("""{"input_ids": [1], "labels": 0.5}""", "the label 0.5 is not one of the model's 3 classes")]
    [InlineData("""{"input_ids": [[1], [2]], "labels": [1]}""", "'labels' holds 1 labels for 2 sequences")]
    [InlineData("""{"input_ids": [1], "labels": [1, 2]}""", "'labels' has a label of 2 numbers where the model takes 1")]
    public void Read_BadClassLabel_IsRefused(string row, string reason) =>
        Should.Throw<DataFormatException>(() => Read(row, options => options with { Classes = 3 })).Message.ShouldContain(reason);

    private IReadOnlyList<ScoreRow> Read(string text, Func<ScoreRowOptions, ScoreRowOptions>? with = null)
    {
        _folder.Write("rows.jsonl", text + "\n");
        var options = new ScoreRowOptions { Tokenizer = () => throw new InvalidOperationException("no row needs a tokenizer"), VocabularySize = 10 };
        return new ScoreRowReader(with?.Invoke(options) ?? options).Read(Path.Combine(_folder.Path, "rows.jsonl"));
    }
}
