using Alignment.Training.Metrics;

namespace Alignment.Training.Tests.Metrics;

public class TensorBoardWriterTests
{
    [Fact]
    public void Rebuild_NoLines_WritesTheFileVersionRecord()
    {
        using var folder = new TemporaryFolder();

        TensorBoardWriter.Rebuild(folder["tb"], []).Dispose();

        var bytes = File.ReadAllBytes(Directory.GetFiles(folder["tb"]).ShouldHaveSingleItem());
        bytes[..12].ShouldBe([0x18, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22]);
        bytes[21..36].ShouldBe([0x1A, 13, .. "brain.Event:2"u8]); // field 3, 13 bytes
        bytes.Length.ShouldBe(12 + 24 + 4);
        BitConverter.ToUInt32(bytes, 36).ShouldBe(Crc32C.Masked(bytes.AsSpan(12, 24)));
    }

    [Fact]
    public void Write_Scalars_AreOneEventWithTrainAndEvalTags()
    {
        using var folder = new TemporaryFolder();
        var time = DateTimeOffset.FromUnixTimeSeconds(1);
        using (var writer = TensorBoardWriter.Rebuild(folder["tb"], []))
        {
            writer.Write(new MetricsLine(300, [new("loss", 0.5), new("skipped", double.NaN), new("eval_loss", 1)], time));
        }

        var record = File.ReadAllBytes(Directory.GetFiles(folder["tb"]).Single())[(40 + 12)..^4];
        record.ShouldBe([
            0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F,                         // wall_time = 1.0
            0x10, 0xAC, 0x02,                                           // step = 300 as a varint
            0x2A, 37,                                                   // summary: (2 + 17) + (2 + 16) bytes
            0x0A, 17, 0x0A, 10, .. "train/loss"u8, 0x15, 0, 0, 0, 0x3F, // 0.5f
            0x0A, 16, 0x0A, 9, .. "eval/loss"u8, 0x15, 0, 0, 0x80, 0x3F]);
    }

    [Fact]
    public void Rebuild_OldFile_IsReplacedByTheLinesThatCount()
    {
        using var folder = new TemporaryFolder();
        var line = new MetricsLine(1, [new("loss", 0.5)], DateTimeOffset.UnixEpoch);
        using (var writer = TensorBoardWriter.Rebuild(folder["tb"], [line]))
        {
            writer.Write(line with { Step = 2 });
        }

        var whole = new FileInfo(Directory.GetFiles(folder["tb"]).Single()).Length;
        TensorBoardWriter.Rebuild(folder["tb"], [line]).Dispose();

        new FileInfo(Directory.GetFiles(folder["tb"]).ShouldHaveSingleItem()).Length.ShouldBe(40 + ((whole - 40) / 2));
    }
}
