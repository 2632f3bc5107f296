namespace Alignment.Core.Tests;

/// <summary>Files of <c>Fixtures/</c>.</summary>
internal static class Fixture
{
    public static string At(params string[] parts) => Path.Combine([AppContext.BaseDirectory, "Fixtures", .. parts]);
}
