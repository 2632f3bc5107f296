using System.Runtime.CompilerServices;
using Alignment.Core.Numerics;

// The stage runs in this process and takes over its error stream, so one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Alignment.Grpo.Tests;

internal static class Assembly
{
    // Before the tests make tensors of their own, as the stage's program does: untuned, the runs take ten times as long.
    [ModuleInitializer]
    internal static void TuneTorch() => TorchRuntime.Initialize();
}
