namespace Alignment.Labeling.Votes;

/// <summary>How a judge's verdicts held when the two answers changed places.</summary>
/// <param name="Pairs">Pairs that were judged in both orders.</param>
/// <param name="Differ">Pairs on which the two orders say different things.</param>
/// <param name="First">Of those, pairs on which both orders chose the answer that stood first.</param>
/// <param name="Last">Of those, pairs on which both orders chose the answer that stood last.</param>
public sealed record OrderCheck(int Pairs, int Differ, int First, int Last);
