namespace Alignment.Cli;

/// <summary>How this very program is started once more, in a process of its own.</summary>
internal static class ThisProgram
{
    /// <summary>The program and what stands behind it: under <c>dotnet alignment.dll</c> that file first.</summary>
    /// <param name="arguments">For the program.</param>
    public static (string Program, string[] Arguments) With(params string[] arguments) => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? (Environment.ProcessPath!, [typeof(ThisProgram).Assembly.Location, .. arguments])
        : (Environment.ProcessPath!, arguments);
}
