namespace Alignment.Cli.Tests;

public sealed class SchemaTests
{
    [Fact]
    public void Schema_InTheRepository_IsCurrent()
    {
        var (code, output, _) = Cli.Run("schema");

        code.ShouldBe(0);
        File.ReadAllText(Path.Combine(Cli.Root, "pipelines", "schema.json")).ShouldBe(output, "renew it with: alignment schema --output pipelines/schema.json");
    }
}
