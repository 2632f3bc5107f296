using System.Globalization;
using Alignment.Labeling.Tests.Judging;
using Alignment.Labeling.Tests.Store;

namespace Alignment.Labeling.Tests;

/// <summary>Annotators, or a judge, in a process of their own, which a test may kill. The annotators' arguments are the store's location and their number.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args[0] == JudgeProcess.Name)
        {
            return await JudgeProcess.RunAsync(args[1..]);
        }

        await Voters.VoteAsync(args[0], int.Parse(args[1], CultureInfo.InvariantCulture), Console.Out);
        return 0;
    }
}
