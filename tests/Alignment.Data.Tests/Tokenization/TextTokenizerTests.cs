using System.Text.Json;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization;

public class TextTokenizerTests
{
    private static readonly string Stories = Path.Combine(AppContext.BaseDirectory, "Fixtures", "stories260K");

    [Fact]
    public void Encode_GoldenPrompts_GivesTheirIds()
    {
        var tokenizer = TextTokenizer.Load(Stories);
        foreach (var item in Golden())
        {
            int[] ids = [tokenizer.BosId!.Value, .. tokenizer.Encode(item.GetProperty("prompt").GetString()!)];
            ids.ShouldBe(Ids(item, "input_ids"));
        }
    }

    [Fact]
    public void Decode_GoldenContinuations_GivesTheirText()
    {
        var tokenizer = TextTokenizer.Load(Stories);
        foreach (var item in Golden())
        {
            int[] all = [.. Ids(item, "input_ids"), .. Ids(item, "greedy_new_ids")];
            tokenizer.Decode(all).ShouldBe((item.GetProperty("prompt").GetString() + item.GetProperty("greedy_text").GetString()).TrimStart(' '));
        }
    }

    [Fact]
    public void CopyTo_NewFolder_GivesTheSameTokenizer()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = TextTokenizer.Load(Stories);

        tokenizer.CopyTo(folder.Path);

        File.ReadAllBytes(Path.Combine(folder.Path, "tokenizer.json")).ShouldBe(File.ReadAllBytes(Path.Combine(Stories, "tokenizer.json")));
        TextTokenizer.Load(folder.Path).Fingerprint.ShouldBe(tokenizer.Fingerprint);
    }

    private static IEnumerable<JsonElement> Golden() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Stories, "golden.json"))).RootElement.EnumerateArray();

    private static int[] Ids(JsonElement item, string name) => [.. item.GetProperty(name).EnumerateArray().Select(i => i.GetInt32())];
}
