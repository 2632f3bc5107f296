using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>What stays with a row that is one of a task's instances.</summary>
internal static class InstanceFacts
{
    /// <summary>The facts of an instance: its group, its input, which an alpaca row would part from the prompt again, and what was kept with it.</summary>
    /// <param name="group">The task's name.</param>
    /// <param name="input">The instance's input.</param>
    /// <param name="instance">The instance.</param>
    public static JsonObject Of(string? group, string? input, JsonObject instance)
    {
        var facts = new JsonObject();
        if (group is not null)
        {
            facts[RowMeta.Group] = group;
        }

        if (!string.IsNullOrEmpty(input))
        {
            facts["input"] = input;
        }

        foreach (var (name, value) in instance[RowMeta.Column] as JsonObject ?? [])
        {
            facts[name] = value?.DeepClone();
        }

        return facts;
    }

    /// <summary>Keeps all of <paramref name="meta"/> with an instance.</summary>
    /// <returns>The instance.</returns>
    public static JsonObject Put(JsonObject instance, JsonObject meta)
    {
        if (meta.Count > 0)
        {
            instance[RowMeta.Column] = meta.DeepClone();
            meta.Clear();
        }

        return instance;
    }

    /// <summary>Adds the instances of a task to those of the task before it, where both are the same but for them.</summary>
    public static bool Join(JsonObject last, JsonObject next, string instances)
    {
        if (last.Count != next.Count || last.Any(pair => pair.Key != instances && !JsonNode.DeepEquals(pair.Value, next[pair.Key])))
        {
            return false;
        }

        foreach (var instance in next[instances]!.AsArray())
        {
            last[instances]!.AsArray().Add(instance!.DeepClone());
        }

        return true;
    }
}
