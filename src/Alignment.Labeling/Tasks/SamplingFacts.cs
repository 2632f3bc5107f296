namespace Alignment.Labeling.Tasks;

/// <summary>How a candidate was sampled, so that it can be sampled again.</summary>
/// <param name="Seed">The sequence's own seed.</param>
/// <param name="Temperature">What divided the logits.</param>
/// <param name="TopP">Probability that the kept tokens reach.</param>
/// <param name="TopK">Tokens kept; 0 is all.</param>
/// <param name="MaxNewTokens">The most tokens it might have.</param>
/// <param name="Tokens">The tokens it has.</param>
/// <param name="Finish">Why it ended: <c>stop</c>, <c>length</c> and so on.</param>
public sealed record SamplingFacts(long Seed, double Temperature, double TopP, int TopK, int MaxNewTokens, int Tokens, string Finish);
