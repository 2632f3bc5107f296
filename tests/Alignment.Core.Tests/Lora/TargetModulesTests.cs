using Alignment.Core.Lora;

namespace Alignment.Core.Tests.Lora;

public class TargetModulesTests
{
    [Theory]
    [InlineData("q_proj", "model.layers.0.self_attn.q_proj", true)]
    [InlineData("self_attn.q_proj", "model.layers.0.self_attn.q_proj", true)]
    [InlineData("proj", "model.layers.0.self_attn.q_proj", false)] // a part of a name is no name
    [InlineData("model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.q_proj", true)]
    [InlineData(@".*\.[qv]_proj", "model.layers.0.self_attn.v_proj", true)]
    [InlineData(@"[qv]_proj", "model.layers.0.self_attn.v_proj", false)] // the whole name
    [InlineData("all-linear", "model.layers.0.mlp.up_proj", true)]
    public void Include_FollowsPeft(string name, string module, bool expected) =>
        TargetModules.Of([name]).Include(module, isOutput: false).ShouldBe(expected);

    [Theory]
    [InlineData("model.layers.1.self_attn.q_proj", true)]
    [InlineData("model.layers.0.self_attn.q_proj", false)]
    [InlineData("q_proj", false)]
    public void Layers_LeaveTheOthersOut(string module, bool expected) =>
        (TargetModules.Of(["q_proj"]) with { Layers = [1, 2] }).Include(module, isOutput: false).ShouldBe(expected);

    [Fact]
    public void AllLinear_LeavesTheOutputOut() => TargetModules.AllLinear.Include("lm_head", isOutput: true).ShouldBeFalse();
}
