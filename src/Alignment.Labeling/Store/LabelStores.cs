namespace Alignment.Labeling.Store;

/// <summary>Opens a store by where it is.</summary>
public static class LabelStores
{
    /// <summary>Opens a project.</summary>
    /// <param name="location">The project's folder.</param>
    /// <param name="readOnly">Only read, also while another process writes.</param>
    /// <param name="cancellation">Stops the opening.</param>
    /// <exception cref="IOException">There is no project, another process has it, or it cannot be read.</exception>
    /// <exception cref="Data.DataFormatException">It is damaged.</exception>
    public static Task<ILabelStore> OpenAsync(string location, bool readOnly = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(location);
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult<ILabelStore>(FolderLabelStore.Open(location, readOnly));
    }
}
