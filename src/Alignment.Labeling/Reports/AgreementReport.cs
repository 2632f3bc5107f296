using Alignment.Labeling.Agreement;
using Alignment.Training.Statistics;

namespace Alignment.Labeling.Reports;

/// <summary>What the votes of a project say about the annotators, the answers and the models. Intervals are 95 %.</summary>
/// <param name="Project">Its name.</param>
/// <param name="Tasks">Tasks.</param>
/// <param name="VotedTasks">Tasks with a vote.</param>
/// <param name="GoldTasks">Tasks with a known answer.</param>
/// <param name="Votes">Votes, skips and adjudications left out.</param>
/// <param name="Skips">Skips.</param>
/// <param name="Ties">Ties among the votes.</param>
/// <param name="BothBad">Both-bads among the votes.</param>
/// <param name="Adjudications">Adjudications.</param>
/// <param name="SplitTasks">Tasks whose votes have no majority and that nobody settled.</param>
/// <param name="Overlap">How many tasks have how many votes.</param>
/// <param name="RawAgreement">The share of agreeing pairs of votes.</param>
/// <param name="CohenKappa">The mean of Cohen's κ over pairs of annotators.</param>
/// <param name="CohenPairs">Cohen's κ of each pair.</param>
/// <param name="FleissKappa">Fleiss' κ with what it is of.</param>
/// <param name="AlphaNominal">Krippendorff's α of the verdicts.</param>
/// <param name="AlphaOrdinal">Krippendorff's α of preference with strength, for pairs.</param>
/// <param name="Kendall">Kendall's τ and W of rankings of more than two candidates.</param>
/// <param name="Left">The share of choices at the left.</param>
/// <param name="Longer">The share of choices of the longer answer.</param>
/// <param name="Annotators">Each annotator.</param>
/// <param name="Models">The models, the strongest first.</param>
/// <param name="Notes">What to look at, in sentences.</param>
public sealed record AgreementReport(
    string Project,
    int Tasks,
    int VotedTasks,
    int GoldTasks,
    int Votes,
    int Skips,
    int Ties,
    int BothBad,
    int Adjudications,
    int SplitTasks,
    IReadOnlyDictionary<int, int> Overlap,
    Interval? RawAgreement,
    Interval? CohenKappa,
    IReadOnlyList<PairAgreement> CohenPairs,
    FleissResult FleissKappa,
    Interval? AlphaNominal,
    Interval? AlphaOrdinal,
    KendallResult Kendall,
    BiasShare Left,
    BiasShare Longer,
    IReadOnlyList<AnnotatorReport> Annotators,
    IReadOnlyList<ModelRank> Models,
    IReadOnlyList<string> Notes);
