using Alignment.Data.Tokenization.Files;
using Alignment.Data.Tokenization.Normalizers;

namespace Alignment.Data.Tests.Tokenization.Normalizers;

public class PrecompiledCharactersTests
{
    // The table of the fixture's rules: ﬁ becomes fi, e + U+0301 becomes é, ideographic space becomes a blank, U+200B nothing.
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("ﬁ½", "fi1/2")]
    [InlineData("cafe\u0301", "café")]
    [InlineData("a\u3000b\u200Bc", "a bc")]
    [InlineData("\r\n", " ")]
    [InlineData("ﬁ\u0301", "fi")]
    [InlineData("ﬁ\u0301\u0302\u0303", "fi\u0301\u0302\u0303")]
    [InlineData("😀ｃ", "😀c")]
    public void Normalize_Text_ReplacesShortClustersWhole(string text, string expected) => Table().Normalize(text).ShouldBe(expected);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(200)]
    public void Read_CutOffTable_Fails(int length)
    {
        var bytes = Map()[..length];
        Should.Throw<InvalidDataException>(() => PrecompiledCharacters.Read(bytes, problem => new(problem))).Message.ShouldContain("does not fit");
    }

    [Fact]
    public void Normalize_LyingTable_NeverFails()
    {
        var map = Map();
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var broken = map.ToArray();
            broken[random.Next(4, broken.Length)] = (byte)random.Next(256);
            var table = PrecompiledCharacters.Read(broken, problem => new(problem));
            foreach (var text in TestTexts.Random(i, 3, 20))
            {
                Should.NotThrow(() => table.Normalize(text + "ﬁ½éｃ"));
            }
        }
    }

    private static PrecompiledCharacters Table() => PrecompiledCharacters.Read(Map(), problem => new(problem));

    private static byte[] Map()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Fixtures", "sentencepiece", "unigram", "tokenizer.model");
        return SentencePieceModel.Read(File.ReadAllBytes(path), path).CharacterMap;
    }
}
