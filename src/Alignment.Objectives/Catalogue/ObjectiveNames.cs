namespace Alignment.Objectives.Catalogue;

/// <summary>How names are compared: capital letters and the dash do not matter.</summary>
internal static class ObjectiveNames
{
    public static bool Same(string left, string right) => Plain(left).Equals(Plain(right), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string name) => name.Replace('-', '_');
}
