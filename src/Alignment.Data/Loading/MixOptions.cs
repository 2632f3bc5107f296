using System.ComponentModel;
using Alignment.Data.Collation;

namespace Alignment.Data.Loading;

/// <summary>Training rows of several sources; the same group of options in every stage.</summary>
public sealed record MixOptions
{
    /// <summary>The sources.</summary>
    [Description("the sources, each with files, weight and name")]
    public required IReadOnlyList<MixSource> Sources { get; init; }

    /// <summary>Brings the shares together.</summary>
    [Description("shares are (weight or rows)^(1/temperature); above 1 brings them closer together")]
    public double Temperature { get; init; } = 1;

    /// <summary>When an epoch ends.</summary>
    [Description("when an epoch ends: before a source gives a row twice, or once every source has given all its rows")]
    public MixStop Stop { get; init; } = MixStop.FirstExhausted;

    /// <summary>Every problem, in words.</summary>
    /// <returns>One sentence per problem.</returns>
    public IEnumerable<string> Problems()
    {
        if (Sources.Count < 2)
        {
            yield return "sources: give at least two, or name the files in train";
        }

        if (Sources.Any(source => source.Weight is null) && Sources.Any(source => source.Weight is not null))
        {
            yield return "sources: some have a weight, others none; give one to all or to none";
        }

        if (!(Temperature > 0 && double.IsFinite(Temperature)))
        {
            yield return FormattableString.Invariant($"temperature is {Temperature}; it must be above 0");
        }
    }

    /// <summary>What is wrong with a stage's training rows; null when nothing is.</summary>
    /// <param name="train">Its option <c>train</c>.</param>
    /// <param name="mix">Its option <c>mix</c>.</param>
    /// <param name="name">What the option <paramref name="train"/> is called.</param>
    public static string? Problem(IReadOnlyList<string> train, MixOptions? mix, string name = "train") =>
        train.Count == 0 && mix is null ? $"{name} is empty; name at least one file, or several sources in mix"
        : train.Count > 0 && mix is not null ? $"{name} is given beside mix; name its files as a source of mix, or remove one of the two"
        : null;

    /// <summary>Loads the rows of all files, or source after source.</summary>
    /// <typeparam name="T">The kind of example.</typeparam>
    /// <param name="train">Files, where there are no sources.</param>
    /// <param name="mix">Sources; null for none.</param>
    /// <param name="load">Loads files.</param>
    /// <exception cref="InvalidDataException">A source has no row that can be used, or none in an epoch.</exception>
    public static LoadedRows<T> Load<T>(IReadOnlyList<string> train, MixOptions? mix, Func<IReadOnlyList<string>, LoadedRows<T>> load)
    {
        if (mix is null)
        {
            return load(train);
        }

        var names = mix.Names();
        LoadedRows<T>[] sources = [.. mix.Sources.Select(source => load(source.Files))];
        if (Array.FindIndex(sources, source => source.Examples.Count == 0) is >= 0 and var empty)
        {
            throw new InvalidDataException($"mix: source '{names[empty]}' ({string.Join(", ", mix.Sources[empty].Files)}) has no row that can be used; see what was skipped, or name other files");
        }

        double[]? weights = mix.Sources.All(source => source.Weight is not null) ? [.. mix.Sources.Select(source => source.Weight!.Value)] : null;
        return LoadedRows<T>.Join(sources) with { Mix = new SourceMix(names, [.. sources.Select(source => source.Examples.Count)], weights, mix.Temperature, mix.Stop) };
    }

    private List<string> Names()
    {
        var names = new List<string>();
        foreach (var source in Sources)
        {
            var name = source.Name ?? Path.GetFileName(source.Files[0]).Split('.')[0];
            names.Add(names.Contains(name) ? $"{name}-{names.Count + 1}" : name);
        }

        return names;
    }
}
