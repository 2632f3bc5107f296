using System.Text;
using Alignment.Core.Checkpoints;
using Alignment.Core.Tests.Models;

namespace Alignment.Core.Tests.Checkpoints;

public sealed class GenerationConfigFileTests : IDisposable
{
    // Not as this library would write it: order, indentation and a key that nobody here knows.
    private const string Parents = "{\"temperature\":0.6,\n \"eos_token_id\": [2, 7], \"bos_token_id\":1}";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData]
    [InlineData(7)]
    public void From_AParentWhoseStopIdsHold_IsTheParentsFileByteForByte(params int[] stopIds)
    {
        _folder.Write(GenerationConfigFile.Name, Parents);

        Text(GenerationConfigFile.From(_folder.Path, Tiny.Llama, stopIds)).ShouldBe(Parents);
    }

    [Fact]
    public void From_AnotherStopId_ChangesThatKeyOnly()
    {
        _folder.Write(GenerationConfigFile.Name, Parents);

        Text(GenerationConfigFile.From(_folder.Path, Tiny.Llama, 9)).ShouldBe("{\n  \"temperature\": 0.6,\n  \"eos_token_id\": 9,\n  \"bos_token_id\": 1\n}\n");
    }

    [Fact]
    public void From_NoParentOrNoFile_IsTheConfigsIds()
    {
        Text(GenerationConfigFile.From(_folder.Path, Tiny.Llama)).ShouldBe("{\n  \"bos_token_id\": 1,\n  \"eos_token_id\": 3,\n  \"pad_token_id\": 0\n}\n");
        Text(GenerationConfigFile.From(null, Tiny.Llama, 5)).ShouldContain("\"eos_token_id\": 5,");
    }

    [Fact]
    public void From_ABrokenFile_NamesIt()
    {
        _folder.Write(GenerationConfigFile.Name, "{");

        Should.Throw<InvalidDataException>(() => GenerationConfigFile.From(_folder.Path, Tiny.Llama)).Message.ShouldContain(GenerationConfigFile.Name);
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
