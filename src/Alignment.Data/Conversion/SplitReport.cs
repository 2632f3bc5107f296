namespace Alignment.Data.Conversion;

/// <summary>What a split read and wrote.</summary>
/// <param name="Read">The files, and what could not be read or kept.</param>
/// <param name="TrainRecords">Records to train on.</param>
/// <param name="TrainGroups">Groups among them.</param>
/// <param name="EvalRecords">Records held out.</param>
/// <param name="EvalGroups">Groups among them.</param>
public sealed record SplitReport(ConversionReport Read, long TrainRecords, int TrainGroups, long EvalRecords, int EvalGroups);
