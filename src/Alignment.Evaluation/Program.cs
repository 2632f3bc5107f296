namespace Alignment.Evaluation;

/// <summary>Entry point.</summary>
public static class Program
{
    /// <summary>Runs the program.</summary>
    /// <param name="args">Command line.</param>
    /// <returns>The exit code.</returns>
    public static int Main(string[] args) => args.Length;
}
