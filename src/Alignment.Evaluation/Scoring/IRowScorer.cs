using Alignment.Data.Rows;

namespace Alignment.Evaluation.Scoring;

/// <summary>A model that scores rows.</summary>
internal interface IRowScorer : IDisposable
{
    /// <summary>Scores a row. Tensors of the result belong to the caller's dispose scope.</summary>
    RowScore Score(ScoreRow row);
}
