using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization;

public class TokenizerTrainingTests
{
    [Fact]
    public void Run_RowsAndPlainText_TrainsOnAllOfThem()
    {
        using var folder = new TemporaryFolder();
        var rows = folder.Write("rows.jsonl", """
            {"text": "alpha alpha alpha"}
            {"messages": [{"role": "user", "content": "beta beta beta"}, {"role": "assistant", "content": "gamma gamma gamma"}]}
            {"prompt": "delta delta", "chosen": "epsilon epsilon", "rejected": "omega omega"}
            """);
        var plain = folder.Write("plain.txt", "sigma sigma sigma\n\nsigma");

        var result = TokenizerTraining.Run(new() { Files = [rows, plain], VocabSize = 400 }, Path.Combine(folder.Path, "out"));

        var tokenizer = TextTokenizer.Load(Path.Combine(folder.Path, "out"));
        foreach (var word in (string[])[" alpha", " beta", " gamma", " delta", " epsilon", " omega", " sigma"])
        {
            tokenizer.Encode(word).Length.ShouldBeLessThan(3, word);
        }

        result.ShouldBe(new(tokenizer.VocabularySize, Texts: 7, result.Bytes, tokenizer.Fingerprint));
    }

    [Fact]
    public void Run_Columns_UsesThoseAlone()
    {
        using var folder = new TemporaryFolder();
        var rows = folder.Write("rows.jsonl", """{"question": "alpha alpha alpha", "answer": "beta beta beta", "n": 3}""");

        TokenizerTraining.Run(new() { Files = [rows], Columns = ["answer"], VocabSize = 400 }, folder.Path);

        var tokenizer = TextTokenizer.Load(folder.Path);
        tokenizer.Encode(" beta").Length.ShouldBe(1);
        tokenizer.Encode(" alpha").Length.ShouldBeGreaterThan(3);
    }

    [Fact]
    public void Run_MissingColumn_NamesRowAndColumns()
    {
        using var folder = new TemporaryFolder();
        var rows = folder.Write("rows.jsonl", "{\"text\": \"a\"}\n{\"body\": \"b\"}\n");

        var error = Should.Throw<DataFormatException>(() => TokenizerTraining.Run(new() { Files = [rows], Columns = ["text"] }, folder.Path));

        error.Message.ShouldContain("rows.jsonl:2");
        error.Message.ShouldContain("'text'");
        error.Message.ShouldContain("body");
    }

    [Fact]
    public void Problems_BadOptions_AllNamed()
    {
        new TokenizerTrainingOptions { VocabSize = 100, MinFrequency = 0 }.Problems().Count().ShouldBe(3);
        new TokenizerTrainingOptions { Files = ["a.txt"] }.Problems().ShouldBeEmpty();
    }
}
