using System.Text.RegularExpressions;

namespace Alignment.Architecture.Tests;

/// <summary>Rules on the text of the product's sources.</summary>
public partial class SourceRulesTests
{
    private const int LongestFile = 400;

    [Fact]
    public void Product_HasNoConditionalCompilation() => Offenders(Conditional()).ShouldBeEmpty("both torch providers must compile the same source");

    [Fact]
    public void Product_SeedsOnlyByName() =>
        Offenders(UnseededChance()).ShouldBeEmpty("randomness takes a named seed: Seeds.Derive(seed, purpose)");

    [Fact]
    public void Product_ReadsTheClockInUtc() => Offenders(LocalClock()).ShouldBeEmpty();

    [Fact]
    public void Product_LeavesCollectionToTheRuntime() => Offenders(Collection()).ShouldBeEmpty();

    [Fact]
    public void Product_AvoidsWhatTorchSharpGetsWrong() => Offenders(Traps()).ShouldBeEmpty("see The two providers in docs/architecture.md");

    [Fact]
    public void Product_SendsToDevicesWithoutWaiting() =>
        Offenders(Transfers()).Where(path => !path.Contains("Alignment.Objectives")).ShouldBeEmpty("tensor(values, device: gpu) waits for all that the GPU was given before; tensor(values).SentTo(gpu) does not");

    [Fact]
    public void Files_StayReadable()
    {
        var tooLong = Repository.ProductSources().Where(path => File.ReadLines(path).Count() > LongestFile).Select(Relative);
        tooLong.ShouldBeEmpty($"over {LongestFile} lines: look for the second responsibility");
    }

    private static IEnumerable<string> Offenders(Regex pattern) =>
        Repository.ProductSources().Where(path => pattern.IsMatch(File.ReadAllText(path))).Select(Relative);

    private static string Relative(string path) => Path.GetRelativePath(Repository.Root, path);

    [GeneratedRegex(@"^\s*#(if|elif)\b", RegexOptions.Multiline)]
    private static partial Regex Conditional();

    [GeneratedRegex(@"new Random\(\)|Random\.Shared")]
    private static partial Regex UnseededChance();

    [GeneratedRegex(@"DateTime\.Now\b|DateTimeOffset\.Now\b")]
    private static partial Regex LocalClock();

    [GeneratedRegex(@"GC\.Collect\(")]
    private static partial Regex Collection();

    [GeneratedRegex(@"\b(baddbmm|matmul|Embedding|Embedding_from_pretrained)\(|\bnn\.init\.|\binit\.\w+_\(|\.zero_grad\(")]
    private static partial Regex Traps();

    // A last argument of tensor(…) that is a device, whatever brackets stand before it.
    [GeneratedRegex(@"(?<![\w.])tensor\((?:[^()]|(?<open>\()|(?<-open>\)))*?(?(open)(?!)),\s*(?:device:\s*)?[\w.]*[dD]evice\)")]
    private static partial Regex Transfers();
}
