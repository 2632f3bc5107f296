using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Alignment.Architecture.Tests;

/// <summary>The source tree that these tests read.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(ThisFile(), "..", "..", ".."));

    public static IEnumerable<(string Name, XDocument File)> Projects() =>
        new[] { "src", "bench" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Select(path => (Path.GetFileNameWithoutExtension(path), XDocument.Load(path)));

    public static IEnumerable<string> ProjectReferences(XDocument project) =>
        project.Descendants("ProjectReference").Select(e => Path.GetFileNameWithoutExtension(e.Attribute("Include")!.Value.Replace('\\', '/')));

    public static IEnumerable<string> ProductSources() =>
        Directory.EnumerateDirectories(Path.Combine(Root, "src"), "Alignment.*")
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
