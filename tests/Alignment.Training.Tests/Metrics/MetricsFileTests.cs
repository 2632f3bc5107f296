using Alignment.Training.Metrics;

namespace Alignment.Training.Tests.Metrics;

public class MetricsFileTests
{
    [Fact]
    public void Read_BadLine_NamesFileAndLine()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("metrics.jsonl", "{\"step\":1,\"time\":\"1970-01-01T00:00:00.000Z\"}\n{\"loss\":1}\n");

        Should.Throw<InvalidDataException>(() => MetricsFile.Read(path)).Message.ShouldStartWith($"{path}:2: ");
    }

    [Fact]
    public void Read_MissingFile_HasNoLines()
    {
        MetricsFile.Read("/nowhere/metrics.jsonl").ShouldBeEmpty();
    }

    [Fact]
    public void CutAfter_KeptLines_KeepTheirBytes()
    {
        using var folder = new TemporaryFolder();
        const string First = "{\"step\":1,\"loss\":1.0,\"time\":\"1970-01-01T00:00:00.000Z\"}\n"; // 1.0, as another writer would put it
        var path = folder.Write("metrics.jsonl", First + First.Replace("\"step\":1", "\"step\":2"));

        MetricsFile.CutAfter(path, 1);

        File.ReadAllText(path).ShouldBe(First);
    }
}
