using Alignment.Data.Formats;

namespace Alignment.Data.Tests.Formats;

public sealed class DataFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DataFilesTests()
    {
        foreach (var name in new[] { "b.jsonl", "a.jsonl", "a.json", "deep/c.jsonl", "deep/er/d.jsonl" })
        {
            _folder.Write(name, "abc");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("*.jsonl", "a.jsonl", "b.jsonl")]
    [InlineData("?.json", "a.json")]
    [InlineData("de*/*.jsonl", "deep/c.jsonl")]
    [InlineData("**/*.jsonl", "a.jsonl", "b.jsonl", "deep/c.jsonl", "deep/er/d.jsonl")]
    [InlineData("deep/**", "deep/c.jsonl", "deep/er/d.jsonl")]
    [InlineData("deep/../b.jsonl", "deep/../b.jsonl")]
    public void Resolve_Pattern_MatchesInOrdinalOrder(string pattern, params string[] expected) =>
        DataFiles.Resolve([In(pattern)]).ShouldBe(expected.Select(In));

    [Fact]
    public void Resolve_SeveralPatterns_KeepTheirOrderAndEachFileOnce() =>
        DataFiles.Resolve([In("b.jsonl"), In("*.jsonl"), In("deep/../b.jsonl")]).ShouldBe([In("b.jsonl"), In("a.jsonl")]);

    [Theory]
    [InlineData("none.jsonl")]
    [InlineData("none/*.jsonl")]
    [InlineData("*.csv")]
    public void Resolve_NoMatch_NamesThePattern(string pattern)
    {
        var error = Should.Throw<FileNotFoundException>(() => DataFiles.Resolve([In("a.json"), In(pattern)]));

        error.Message.ShouldStartWith($"No data file matches '{In(pattern)}' in ");
    }

    [Fact]
    public void Resolve_NoPattern_Refused() => Should.Throw<FileNotFoundException>(() => DataFiles.Resolve([])).Message.ShouldContain("at least one");

    [Fact]
    public void Sha256_KnownText_KnownHash() =>
        // FIPS 180-2, appendix B.1: SHA-256 of "abc"
        DataFiles.Sha256(In("a.json")).ShouldBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    private string In(string name) => _folder.Path + "/" + name;
}
