using Alignment.Labeling.Reports;
using Alignment.Labeling.Store;

namespace Alignment.Labeling.Server.Api;

/// <summary>What an admin sees.</summary>
/// <param name="Progress">Everybody's progress.</param>
/// <param name="Report">The agreement report.</param>
/// <param name="At">When both were taken.</param>
internal sealed record AdminReport(LabelProgress Progress, AgreementReport Report, DateTimeOffset At);
