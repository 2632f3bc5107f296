namespace Alignment.Dpo.Tests;

public sealed class ReferenceCacheTests : IDisposable
{
    private static readonly Dictionary<string, int> Counts = new() { ["Train"] = 4, ["Eval"] = 0 };

    private readonly string _folder = Directory.CreateTempSubdirectory("dpo-cache-").FullName;
    private readonly CollectedLog _log = new();

    private string File => Path.Combine(_folder, ReferenceCache.FileName);

    [Fact]
    public void TryRead_WhatWasWritten_IsTheSame()
    {
        Write();
        var sets = Cache("key").TryRead(Counts)!;
        sets["Train"].Chosen.ShouldBe(TinyPairs.Reference.Chosen);
        sets["Train"].Rejected.ShouldBe(TinyPairs.Reference.Rejected);
        sets["Eval"].Chosen.ShouldBeEmpty();
        _log.Text.ShouldBeEmpty();
    }

    [Fact]
    public void TryRead_NoFile_IsNull() => Cache("key").TryRead(Counts).ShouldBeNull();

    [Fact]
    public void TryRead_OtherContent_IsNotUsed()
    {
        Write();
        Cache("other").TryRead(Counts).ShouldBeNull();
        _log.Text.ShouldContain("of another reference or of other pairs");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TryRead_DamagedFile_IsNotUsedAndSaid(bool cut)
    {
        Write();
        var bytes = System.IO.File.ReadAllBytes(File);
        bytes[^3] ^= 0x40; // in the numbers
        System.IO.File.WriteAllBytes(File, cut ? bytes[..^8] : bytes);
        Cache("key").TryRead(Counts).ShouldBeNull();
        _log.Text.ShouldContain("is damaged");
    }

    [Fact]
    public void TryRead_OtherNumberOfPairs_IsNotUsed()
    {
        Write();
        Cache("key").TryRead(new Dictionary<string, int> { ["Train"] = 5, ["Eval"] = 0 }).ShouldBeNull();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ReferenceCache Cache(string key) => new(File, key, _log.Logger);

    private void Write() => Cache("key").Write(new Dictionary<string, ReferenceLogProbs> { ["Train"] = TinyPairs.Reference, ["Eval"] = new([], []) });
}
