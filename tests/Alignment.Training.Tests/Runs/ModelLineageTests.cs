using System.Text.Json.Nodes;
using Alignment.Training.Runs;
using Alignment.Training.Tests.Metrics;

namespace Alignment.Training.Tests.Runs;

public sealed class ModelLineageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CollectedLog _log = new();

    public ModelLineageTests()
    {
        // base → sft → dpo, and a stranger made from nothing
        Made("base");
        Made("sft", "base");
        Made("dpo", "sft");
        Made("stranger");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("dpo")]
    [InlineData("sft")]
    [InlineData("base")]
    public void CheckReference_ItselfOrAncestor_Passes(string reference) =>
        Should.NotThrow(() => ModelLineage.CheckReference(Model("dpo"), Model(reference), _log.Logger));

    [Fact]
    public void CheckReference_CopyOfTheParentElsewhere_Passes()
    {
        _folder.Write("copy/weights", "sft");

        Should.NotThrow(() => ModelLineage.CheckReference(Model("dpo"), _folder["copy"], _log.Logger));
    }

    [Theory]
    [InlineData("sft", "stranger")]
    [InlineData("sft", "dpo")]
    public void CheckReference_OtherLineOrDescendant_IsRefused(string policy, string reference) =>
        Should.Throw<InvalidDataException>(() => ModelLineage.CheckReference(Model(policy), Model(reference), _log.Logger)).Message.ShouldContain("made from");

    [Fact]
    public void CheckReference_PolicyOfUnknownOrigin_PassesAndSaysSo()
    {
        _folder.Write("downloaded/weights", "x");

        ModelLineage.CheckReference(_folder["downloaded"], Model("sft"), _log.Logger);

        _log.Text.ShouldContain("not known");
    }

    private string Model(string stage) => _folder[stage, "model"];

    private void Made(string stage, string? parent = null)
    {
        _folder.Write($"{stage}/model/weights", stage);
        var manifest = StageManifest.Begin("sft", stage, new JsonObject(), 1, parent is null ? [] : [Model(parent)]);
        (manifest with { Status = StageStatus.Done }).Save(_folder[stage]);
    }
}
