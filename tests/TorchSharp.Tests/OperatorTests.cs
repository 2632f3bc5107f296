using System.Reflection;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public class OperatorTests
{
    /// <summary>The binding looks operators up at their first call; here all at once. (The package has no such class, and nothing to check.)</summary>
    [Fact]
    public void Operators_All_AreInThisLibtorch()
    {
        var assembly = typeof(Tensor).Assembly;
        if (assembly.GetType("TorchSharp.Op") is not { } op)
        {
            typeof(Tensor).Assembly.GetName().Version!.Minor.ShouldBeGreaterThanOrEqualTo(107);
            return;
        }

        var resolve = op.GetMethod("Resolve", BindingFlags.Instance | BindingFlags.NonPublic)!;
        var fields = assembly.GetTypes()
            .Where(type => !type.ContainsGenericParameters)
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(field => field.FieldType == op && field.GetValue(null) is not null) // null: an operator with a fallback
            .ToArray();
        var missing = new List<string>();
        foreach (var field in fields)
        {
            try
            {
                resolve.Invoke(field.GetValue(null), null);
            }
            catch (TargetInvocationException failure)
            {
                missing.Add($"{field.DeclaringType!.Name}.{field.Name}: {failure.InnerException!.Message}");
            }
        }

        fields.Length.ShouldBeGreaterThan(100);
        missing.ShouldBeEmpty();
    }
}
