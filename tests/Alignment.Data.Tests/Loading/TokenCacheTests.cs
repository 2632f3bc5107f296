using System.Text.Json.Nodes;
using Alignment.Data.Collation;
using Alignment.Data.Formats;
using Alignment.Data.Loading;
using Alignment.Data.Rows;

namespace Alignment.Data.Tests.Loading;

public class TokenCacheTests
{
    private static readonly LoadedRows<TokenExample> Tokens = new(
        (TokenExample[])[new("a:1", [1, 300, 70_000], [false, true, true]), new("a:2", [], [])],
        new OverflowReport(5, 2, 1, 1, 12L, 77, (string[])["a:3"]),
        1,
        (SkippedRow[])[new("a:4", "no text")]);

    private int _made;

    [Fact]
    public void Get_Again_GivesTheSameWithoutMakingIt()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("data.jsonl", "{}");

        Get(folder, data).ShouldBeEquivalentTo(Tokens);
        Get(folder, data).ShouldBeEquivalentTo(Tokens);
        _made.ShouldBe(1);
    }

    [Fact]
    public void Get_AnythingChanged_MakesItAnew()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("data.jsonl", "{}");
        Get(folder, data);
        Get(folder, data, "other template");
        folder.Write("data.jsonl", "{ }");
        Get(folder, data);
        Get(folder, folder.Write("more.jsonl", "{ }"));

        _made.ShouldBe(4);
    }

    [Fact]
    public void Get_DamagedEntry_IsMadeAnewAndReplaced()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("data.jsonl", "{}");
        Get(folder, data);
        var entry = Directory.GetFiles(Path.Combine(folder.Path, "cache")).Single();
        var bytes = File.ReadAllBytes(entry);
        foreach (var broken in (byte[][])[[], bytes[..20], bytes[..^1], [.. bytes[..^1], (byte)(bytes[^1] ^ 1)], [.. bytes, 0]])
        {
            File.WriteAllBytes(entry, broken);
            _made = 0;
            Get(folder, data).ShouldBeEquivalentTo(Tokens);
            _made.ShouldBe(1);
            File.ReadAllBytes(entry).ShouldBe(bytes);
        }
    }

    [Fact]
    public void Get_FolderThatCannotBe_CostsNothingButTime()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("data.jsonl", "{}");
        folder.Write("cache", "a file in the folder's place");

        Get(folder, data).ShouldBeEquivalentTo(Tokens);
    }

    [Fact]
    public void Get_SmallData_IsNotKept()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("data.jsonl", "{}");

        new TokenCache(Path.Combine(folder.Path, "cache")).Get([data], [], ExampleFormats.Tokens, () => Tokens).ShouldBeSameAs(Tokens);
        Directory.Exists(Path.Combine(folder.Path, "cache")).ShouldBeFalse();
    }

    [Fact]
    public void Formats_EveryKind_ComeBack()
    {
        RoundTrip(ExampleFormats.Preferences, new("a", [1], [2, 3], [4], 0.5, 0.25));
        RoundTrip(ExampleFormats.Choices, new("a", [1], (int[][])[[2], [3, 4]], 1));
        var prompt = RoundTrip(ExampleFormats.Prompts, new("a", [1], new JsonObject { ["answer"] = "é" }) { Text = "t" }, compare: false);
        (prompt.Text, prompt.Columns.ToJsonString()).ShouldBe(("t", new JsonObject { ["answer"] = "é" }.ToJsonString()));
    }

    private static T RoundTrip<T>(ExampleFormat<T> format, T example, bool compare = true)
    {
        using var stream = new MemoryStream();
        format.Write(new BinaryWriter(stream), example);
        stream.Position = 0;
        var read = format.Read(new BinaryReader(stream));
        if (compare)
        {
            read.ShouldBeEquivalentTo(example);
        }

        return read;
    }

    private LoadedRows<TokenExample> Get(TemporaryFolder folder, string data, string input = "template") =>
        new TokenCache(Path.Combine(folder.Path, "cache"), leastBytes: 0).Get([data], [input], ExampleFormats.Tokens, () =>
        {
            _made++;
            return Tokens;
        });
}
