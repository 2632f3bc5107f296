using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization;

public sealed class TrainingTextsTests
{
    [Fact]
    public void Read_PlainTextGzip_IsReadWholeAndOneThatWasCutOffIsRefused()
    {
        using var folder = new TemporaryFolder();
        var packed = TemporaryFolder.Gzip(string.Concat(Enumerable.Range(0, 500).Select(i => $"line {i} {i * 7919 % 104729}\n")));
        TrainingTexts.Read(new() { Files = [folder.Write("whole.txt.gz", packed)] }).Single().Split('\n').Length.ShouldBe(501);

        var cut = folder.Write("cut.txt.gz", packed[..^9]);
        Should.Throw<DataFormatException>(() => TrainingTexts.Read(new() { Files = [cut] }).Count()).Message.ShouldStartWith($"{cut}: the gzip data is damaged (");
    }
}
