using Alignment.Data;
using Alignment.Labeling.Server;

namespace Alignment.Labeling.Tests.Server;

public sealed class AnnotatorTokensTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "there are no tokens")]
    [InlineData("{\"annotator\": \"ada\"}", "one of token and sha256")]
    [InlineData("{\"annotator\": \"ada\", \"token\": \"short\"}", "token has 5 characters")]
    [InlineData("{\"annotator\": \"ada\", \"sha256\": \"xyz\"}", "sha256 is no hash")]
    [InlineData("{\"annotator\": \"\", \"token\": \"0123456789abcdef\"}", "annotator is no name")]
    [InlineData("{\"annotator\": \"ada\", \"token\": \"0123456789abcdef\", \"rule\": \"admin\"}", ":1")]
    [InlineData("{\"annotator\": \"ada\", \"token\": \"0123456789abcdef\"}\n{\"annotator\": \"bob\", \"token\": \"0123456789abcdef\"}", ":2: this token stands in the file already")]
    public void ABadFile_IsRefusedWithItsLine(string text, string problem) =>
        Should.Throw<DataFormatException>(() => AnnotatorTokens.Read(_folder.Write("tokens.jsonl", text))).Message.ShouldContain(problem);

    [Fact]
    public void Tokens_AreFoundByHashOrText()
    {
        // SHA-256 of "0123456789abcdef" by coreutils' sha256sum.
        var path = _folder.Write("tokens.jsonl", "{\"annotator\": \"ada\", \"sha256\": \"9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f\"}\n\n{\"annotator\": \"bob\", \"token\": \"fedcba9876543210\", \"role\": \"admin\"}\n");
        var tokens = AnnotatorTokens.Read(path);
        tokens.Find("0123456789abcdef").ShouldBe(("ada", AnnotatorRole.Annotator));
        tokens.Find("fedcba9876543210").ShouldBe(("bob", AnnotatorRole.Admin));
        tokens.Find("0123456789abcdeg").ShouldBeNull();
        tokens.Find(null).ShouldBeNull();
    }

    [Theory]
    [InlineData("127.0.0.1:80", "127.0.0.1:80", true)]
    [InlineData("localhost:0", "127.0.0.1:0", true)]
    [InlineData("8090", "127.0.0.1:8090", true)]
    [InlineData("[::1]:1", "[::1]:1", true)]
    [InlineData("0.0.0.0:8090", "0.0.0.0:8090", false)]
    public void Addresses_AreRead(string text, string expected, bool loopback)
    {
        ListenAddress.TryParse(text, out var address).ShouldBeTrue();
        address.ToString().ShouldBe(expected);
        address.IsLoopback.ShouldBe(loopback);
    }

    [Theory]
    [InlineData("")]
    [InlineData("host:1")]
    [InlineData("::1:80")]
    [InlineData("1:2:3")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.1:80")]
    public void OtherTexts_AreNoAddresses(string text) => ListenAddress.TryParse(text, out _).ShouldBeFalse();
}
