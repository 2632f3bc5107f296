using System.Runtime.CompilerServices;
using Alignment.Core.Numerics;

namespace Alignment.Rollouts.Tests;

internal static class Assembly
{
    // Before the tests make tensors of their own, as the stage's program does: untuned, the runs take ten times as long.
    [ModuleInitializer]
    internal static void TuneTorch() => TorchRuntime.Initialize();
}
