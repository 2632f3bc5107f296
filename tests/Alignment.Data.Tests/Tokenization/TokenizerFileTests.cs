using System.Text.Json;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization;

public class TokenizerFileTests
{
    private const string Corpus = "The quick brown fox. The lazy dog's 1234 bones, the fox's den! Größe 漢字 😀 ";

    [Theory]
    [InlineData(WordPattern.Gpt2)]
    [InlineData(WordPattern.Gpt4)]
    public void Write_ThenLoad_RoundTripsEveryText(WordPattern pattern)
    {
        using var folder = new TemporaryFolder();
        var tokenizer = Save(folder, pattern);

        foreach (var text in TestTexts.Random(seed: 1, count: 500, length: 40).Append(Corpus))
        {
            tokenizer.Decode(tokenizer.Encode(text), skipSpecials: false).ShouldBe(text);
        }
    }

    [Fact]
    public void Write_ThenLoad_HasTheSpecialTokens()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = Save(folder);

        (tokenizer.PadId, tokenizer.BosId, tokenizer.SpecialId("<|im_start|>"), tokenizer.EosId).ShouldBe((0, 1, 2, 3));
        tokenizer.SpecialId("<|im_end|>").ShouldBe(3);
        tokenizer.SpecialId("the").ShouldBeNull();
        tokenizer.VocabularySize.ShouldBe(300);
    }

    [Fact]
    public void Write_Twice_GivesTheSameBytes()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();

        Save(first).Fingerprint.ShouldBe(Save(second).Fingerprint);
        Directory.GetFiles(first.Path).Select(Path.GetFileName).Order().ShouldBe(["special_tokens_map.json", "tokenizer.json", "tokenizer_config.json"]);
    }

    [Fact]
    public void Write_Config_HasTheChatTemplate()
    {
        using var folder = new TemporaryFolder();
        Save(folder);

        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.Path, "tokenizer_config.json")));
        config.RootElement.GetProperty("chat_template").GetString().ShouldBe(TokenizerFile.ChatMlTemplate);
        config.RootElement.GetProperty("eos_token").GetString().ShouldBe("<|im_end|>");
    }

    private static TextTokenizer Save(TemporaryFolder folder, WordPattern pattern = WordPattern.Gpt2)
    {
        TokenizerFile.Write(BpeTrainer.Train([Corpus + Corpus], new() { VocabularySize = 300, Pattern = pattern }), folder.Path);
        return TextTokenizer.Load(folder.Path);
    }
}
