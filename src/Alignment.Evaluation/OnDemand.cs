namespace Alignment.Evaluation;

/// <summary>A model that is loaded when it is first needed, and so not at all when everything asked of it is known.</summary>
/// <typeparam name="T">The model.</typeparam>
/// <param name="load">Loads it.</param>
internal sealed class OnDemand<T>(Func<T> load) : IDisposable
    where T : class, IDisposable
{
    private T? _value;

    public T Value => _value ??= load();

    public void Dispose() => _value?.Dispose();
}
