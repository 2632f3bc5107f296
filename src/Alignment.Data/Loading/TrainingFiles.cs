using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Loading;

/// <summary>The files of a stage: to train on, as one set or as several sources, and held out, in files of their own or as a share of the others.</summary>
/// <param name="Train">The option <c>train</c>.</param>
/// <param name="Mix">The option <c>mix</c>.</param>
/// <param name="Eval">The option <c>eval</c>.</param>
/// <param name="EvalFraction">The option <c>eval_fraction</c>.</param>
public sealed record TrainingFiles(IReadOnlyList<string> Train, MixOptions? Mix, IReadOnlyList<string> Eval, double? EvalFraction)
{
    /// <summary>What the rows to train on are called in counts.</summary>
    public const string TrainName = "train";

    /// <summary>What held-out rows are called in counts.</summary>
    public const string EvalName = "eval";

    /// <summary>Whether rows are held out.</summary>
    public bool HasEval => Eval.Count > 0 || EvalFraction is not null;

    private IReadOnlyList<string> All => Mix is null ? Train : [.. Mix.Sources.SelectMany(source => source.Files)];

    /// <summary>Every problem, in words.</summary>
    /// <returns>One sentence per problem.</returns>
    public IEnumerable<string> Problems()
    {
        if (MixOptions.Problem(Train, Mix) is { } problem)
        {
            yield return problem;
        }

        if (EvalFraction is { } fraction && !(fraction is > 0 and < 1))
        {
            yield return FormattableString.Invariant($"eval_fraction is {fraction}; it must be above 0 and below 1");
        }

        if (EvalFraction is not null && Eval.Count > 0)
        {
            yield return "eval_fraction is given beside eval; the one takes rows of train, the other has files of its own: remove one";
        }
    }

    /// <summary>Loads the rows to train on and those held out.</summary>
    /// <typeparam name="T">The kind of example.</typeparam>
    /// <param name="sets">Reads files.</param>
    /// <param name="load">Loads files from the sets that it is given, for <see cref="TrainName"/> or <see cref="EvalName"/>.</param>
    /// <returns>Both; no held-out rows where none are asked for.</returns>
    /// <exception cref="InvalidDataException">A source has no row that can be used, or no row can be held out.</exception>
    public (LoadedRows<T> Train, LoadedRows<T>? Eval) Load<T>(DataSets sets, Func<DataSets, IReadOnlyList<string>, string, LoadedRows<T>> load)
    {
        if (EvalFraction is not { } fraction)
        {
            return (MixOptions.Load(Train, Mix, files => load(sets, files, TrainName)), Eval.Count > 0 ? load(sets, Eval, EvalName) : null);
        }

        var share = new HeldOutShare(DataFiles.Resolve(All), fraction);
        var train = MixOptions.Load(Train, Mix, files => load(sets.Without(share), files, TrainName));
        return (train, load(sets.Only(share), All, EvalName));
    }

    /// <summary>Looks at the first rows of every file, so that what cannot be trained on is said before any model is loaded.</summary>
    /// <param name="accepted">The types that are read.</param>
    /// <param name="onError">What happens to rows that cannot be used.</param>
    /// <exception cref="DataFormatException">A row cannot be used, or a file cannot be read.</exception>
    /// <exception cref="FileNotFoundException">A pattern matches no file.</exception>
    public void Look(RowTypes accepted, OnError onError) => FirstRows.Look([.. All, .. Eval], accepted, onError);
}
