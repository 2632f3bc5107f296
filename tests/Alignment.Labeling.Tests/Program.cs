using Alignment.Labeling.Tests.Store;

namespace Alignment.Labeling.Tests;

/// <summary>Annotators in a process of their own, which a test may kill: arguments are the store's location and the number of annotators.</summary>
internal static class Program
{
    public static async Task Main(string[] args) => await Voters.VoteAsync(args[0], int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture), Console.Out);
}
