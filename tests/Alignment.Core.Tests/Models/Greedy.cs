using Alignment.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

/// <summary>The most likely continuation, by the plainest possible loop.</summary>
internal static class Greedy
{
    public static long[] Continue(CausalLm model, long[] prompt, int count, bool useCache)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var cache = model.CreateCache(1, prompt.Length + count);
        var ids = prompt.ToList();
        var fresh = prompt;
        for (var i = 0; i < count; i++)
        {
            using var step = NewDisposeScope();
            var hidden = useCache
                ? model.Hidden(tensor(fresh).unsqueeze(0), cache)
                : model.Hidden(tensor(ids.ToArray()).unsqueeze(0));
            fresh = [model.Logits(hidden[0, -1]).argmax().ToInt64()];
            ids.Add(fresh[0]);
        }

        return [.. ids.Skip(prompt.Length)];
    }
}
