using Microsoft.Extensions.Hosting;

namespace Alignment.Labeling.Server;

/// <summary>Leaves signals and the console to the program that starts the server.</summary>
internal sealed class QuietLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
