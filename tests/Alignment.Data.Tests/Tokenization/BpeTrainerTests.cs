using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Tokenization;

public class BpeTrainerTests
{
    private const int Bytes = 260; // 4 special tokens and 256 bytes

    [Fact]
    public void Train_HandComputedCorpus_MergesInOrderOfCounts()
    {
        // Words: "ab" 1, "Ġab" 2, "Ġabc" 1. Pairs: a+b 4, Ġ+a 3, b+c 1.
        // 1. a+b (4) makes "ab"; then Ġ+ab 3, ab+c 1.
        // 2. Ġ+ab (3) makes "Ġab"; then Ġab+c 1.
        // 3. Ġab+c (1) makes "Ġabc"; no pairs are left.
        var bpe = Train("ab ab ab abc", 1000);

        bpe.Merges.ShouldBe([("a", "b"), ("Ġ", "ab"), ("Ġab", "c")]);
        bpe.Tokens.Skip(Bytes).ShouldBe(["ab", "Ġab", "Ġabc"]);
    }

    [Fact]
    public void Train_EqualCounts_TakesTheSmallerIds()
    {
        // Words "xy" and "Ġxz": x+y, Ġ+x and x+z once each. Ids: x 91, y 92, z 93, Ġ 224.
        // (91,92) < (91,93) < (224,91); after x+z the pair Ġ+xz is left.
        Train("xy xz", 1000).Merges.ShouldBe([("x", "y"), ("x", "z"), ("Ġ", "xz")]);
    }

    [Fact]
    public void Train_Repetition_CountsOverlapsAndMergesFromTheLeft()
    {
        // "aaaaa": a+a 4 times; left to right it becomes aa aa a. Then aa+aa and aa+a once each; a has the smaller id.
        // aa aa a -> aa aaa -> aaaaa
        Train("aaaaa", 1000).Merges.ShouldBe([("a", "a"), ("aa", "a"), ("aa", "aaa")]);
    }

    [Fact]
    public void Train_MinFrequency_LeavesRarerPairsApart()
    {
        var bpe = BpeTrainer.Train(["ab ab ab abc"], new() { VocabularySize = 1000, MinFrequency = 3 });

        bpe.Merges.ShouldBe([("a", "b"), ("Ġ", "ab")]);
    }

    [Fact]
    public void Train_SmallVocabulary_StopsWhenFull()
    {
        Train("ab ab ab abc", Bytes + 1).Tokens.Count.ShouldBe(Bytes + 1);
        Train("ab ab ab abc", Bytes).Merges.ShouldBeEmpty();
    }

    [Fact]
    public void Train_TokenOrder_IsSpecialsThenBytesInOrderOfTheirLetters()
    {
        var tokens = Train("ab", 1000).Tokens;

        tokens.Take(6).ShouldBe(["<|pad|>", "<|bos|>", "<|im_start|>", "<|im_end|>", "!", "\""]);
        tokens.Skip(4).Take(256).ShouldBeUnique();
        tokens[91].ShouldBe("x");
        tokens[224].ShouldBe("Ġ");
    }

    [Fact]
    public void Train_SameTextInOtherOrder_GivesTheSameTokens()
    {
        string[] texts = ["the cat sat on the mat", "a dog sat, too", "äöü ÄÖÜ 汉字 😀😀", "the the the 123 456"];

        var forward = BpeTrainer.Train(texts, new() { VocabularySize = 320, MinFrequency = 1 });
        var backward = BpeTrainer.Train(texts.Reverse(), new() { VocabularySize = 320, MinFrequency = 1 });

        forward.Tokens.ShouldBe(backward.Tokens);
        forward.Merges.ShouldBe(backward.Merges);
    }

    [Fact]
    public void Train_AgainstRecounting_GivesTheSameMerges()
    {
        // .NET's \p{L} does not see supplementary letters, so the plain pattern of the recounting trainer needs a text without.
        var text = string.Concat(string.Join(' ', TestTexts.Random(seed: 3, count: 40, length: 30)).Where(c => !char.IsSurrogate(c)));

        var bpe = Train(text, Bytes + 150);

        bpe.Merges.ShouldBe(RecountingTrainer.Train(text, bpe.Tokens.Take(Bytes), 150));
    }

    [Fact]
    public void Train_Gpt4Pattern_GroupsDigitsByThree()
    {
        var bpe = BpeTrainer.Train(["123456 123456 123456"], new() { VocabularySize = 1000, Pattern = WordPattern.Gpt4 });

        bpe.Tokens.ShouldContain("123");
        bpe.Tokens.ShouldNotContain("1234");
    }

    [Fact]
    public void Train_NoText_Fails()
    {
        Should.Throw<InvalidDataException>(() => Train("", 300)).Message.ShouldContain("no text");
        Should.Throw<ArgumentOutOfRangeException>(() => Train("ab", Bytes - 1));
    }

    private static TrainedBpe Train(string text, int size) => BpeTrainer.Train([text], new() { VocabularySize = size, MinFrequency = 1 });
}
