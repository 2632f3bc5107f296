using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

public sealed class KvCacheTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly IDisposable _noGrad = no_grad();

    public void Dispose()
    {
        _noGrad.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    public void Hidden_PromptsOfDifferentLengthsThenSingleTokens_EqualsTheFullForward(string family)
    {
        using var model = Tiny.Model(family);
        int[] lengths = [7, 2, 5];
        var ids = Tiny.Ids(3, 12);
        var full = model.Hidden(ids); // [3, 12, D]
        using var cache = model.CreateCache(3, 12);

        var prefill = model.Hidden(ids[.., ..7], cache, lengths);
        for (var row = 0; row < 3; row++)
        {
            Compare.MaxDifference(prefill[row, ..lengths[row]], full[row, ..lengths[row]]).ShouldBeLessThan(1e-5);
        }

        for (var step = 0; step < 5; step++)
        {
            var next = stack([.. lengths.Select((length, row) => ids[row, length + step])]).unsqueeze(1); // [3, 1]
            var hidden = model.Hidden(next, cache);
            for (var row = 0; row < 3; row++)
            {
                Compare.MaxDifference(hidden[row, 0], full[row, lengths[row] + step]).ShouldBeLessThan(1e-5);
            }
        }

        cache.Lengths.ShouldBe([12, 7, 10]);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    public void Hidden_EqualLengthsInPieces_EqualsTheFullForward(string family)
    {
        using var model = Tiny.Model(family);
        var ids = Tiny.Ids(2, 9);
        var full = model.Hidden(ids);
        using var cache = model.CreateCache(2, 9);

        var pieces = cat([model.Hidden(ids[.., ..4], cache), model.Hidden(ids[.., 4..5], cache), model.Hidden(ids[.., 5..], cache)], 1);

        Compare.MaxDifference(pieces, full).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void Hidden_SeveralTokensAfterDifferentLengths_EqualsTheFullForward()
    {
        using var model = Tiny.Model("llama");
        var ids = Tiny.Ids(2, 9);
        var full = model.Hidden(ids);
        using var cache = model.CreateCache(2, 9);
        model.Hidden(ids[.., ..5], cache, [5, 2]);

        var hidden = model.Hidden(stack([ids[0, 5..8], ids[1, 2..5]]), cache);

        Compare.MaxDifference(hidden[0], full[0, 5..8]).ShouldBeLessThan(1e-5);
        Compare.MaxDifference(hidden[1], full[1, 2..5]).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void Select_DropsAndRepeatsRows()
    {
        using var model = Tiny.Model("llama");
        var ids = Tiny.Ids(3, 6);
        var full = model.Hidden(ids);
        using var cache = model.CreateCache(3, 6);
        model.Hidden(ids[.., ..5], cache, [5, 4, 3]);

        cache.Select([2, 2, 0]);
        var hidden = model.Hidden(stack([ids[2, 3..4], ids[2, 3..4], ids[0, 5..6]]), cache);

        cache.Rows.ShouldBe(3);
        cache.Lengths.ShouldBe([4, 4, 6]);
        Compare.MaxDifference(hidden[0, 0], full[2, 3]).ShouldBeLessThan(1e-5);
        Compare.MaxDifference(hidden[1, 0], full[2, 3]).ShouldBeLessThan(1e-5);
        Compare.MaxDifference(hidden[2, 0], full[0, 5]).ShouldBeLessThan(1e-5);
        Should.Throw<ArgumentOutOfRangeException>(() => cache.Select([3]));
    }

    [Fact]
    public void Hidden_BFloat16Cache_IsCloseToTheFullForward()
    {
        using var model = Tiny.Model("llama");
        model.ComputeType = ScalarType.BFloat16;
        var ids = Tiny.Ids(2, 8);
        var full = model.Hidden(ids);
        using var cache = model.CreateCache(2, 8);
        using var held = model.HoldWeights();
        model.Hidden(ids[.., ..6], cache, [6, 4]);

        var hidden = model.Hidden(stack([ids[0, 6..7], ids[1, 4..5]]), cache);

        Compare.MaxDifference(hidden[0, 0], full[0, 6]).ShouldBeLessThan(0.1);
        Compare.MaxDifference(hidden[1, 0], full[1, 4]).ShouldBeLessThan(0.1);
    }

    [Fact]
    public void Hidden_WhatDoesNotFit_IsRefusedAndTheCacheStays()
    {
        using var model = Tiny.Model("llama");
        using var cache = model.CreateCache(2, 4);

        Should.Throw<ArgumentException>(() => model.Hidden(Tiny.Ids(2, 5), cache)).Message.ShouldContain("holds 4 tokens");
        Should.Throw<ArgumentException>(() => model.Hidden(Tiny.Ids(3, 2), cache)).Message.ShouldContain("2 sequences");
        Should.Throw<ArgumentException>(() => model.Hidden(Tiny.Ids(2, 3), cache, [4, 1])).Message.ShouldContain("0 to 3");
        cache.Lengths.ShouldBe([0, 0]);
    }
}
