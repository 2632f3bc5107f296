namespace Alignment.Core.Generation.Decoding;

/// <summary>Work that all threads of a <see cref="WorkerTeam"/> do together.</summary>
internal interface ITeamWork
{
    /// <summary>One thread's part.</summary>
    /// <param name="team">To wait for the others with.</param>
    /// <param name="part">0 to <see cref="WorkerTeam.Parts"/> − 1; 0 runs on the caller's thread.</param>
    void Run(WorkerTeam team, int part);
}
