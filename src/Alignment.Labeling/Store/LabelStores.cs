namespace Alignment.Labeling.Store;

/// <summary>Opens a store by where it is: a folder, or <c>postgres://user@host:port/database?project=NAME</c>.</summary>
public static class LabelStores
{
    /// <summary>Opens a project.</summary>
    /// <param name="location">The project's folder or address.</param>
    /// <param name="readOnly">Only read, also while another process writes.</param>
    /// <param name="cancellation">Stops the opening.</param>
    /// <exception cref="IOException">There is no project, another process has it, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The address is none, or the database is of a newer program.</exception>
    /// <exception cref="Data.DataFormatException">It is damaged.</exception>
    public static async Task<ILabelStore> OpenAsync(string location, bool readOnly = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(location);
        cancellation.ThrowIfCancellationRequested();
        return PostgresLocation.Fits(location)
            ? await PostgresLabelStore.OpenAsync(location, readOnly).WaitAsync(cancellation).ConfigureAwait(false)
            : FolderLabelStore.Open(location, readOnly);
    }

    /// <summary>Makes a project without tasks and opens it.</summary>
    /// <param name="location">The project's folder or address.</param>
    /// <param name="project">What holds for the whole project.</param>
    /// <param name="cancellation">Stops the opening.</param>
    /// <exception cref="IOException">There is a project already, or it cannot be written.</exception>
    /// <exception cref="InvalidDataException">The project breaks a rule, the address is none, or the database is of a newer program.</exception>
    public static async Task<ILabelStore> CreateAsync(string location, LabelProject project, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(location);
        cancellation.ThrowIfCancellationRequested();
        return PostgresLocation.Fits(location)
            ? await PostgresLabelStore.CreateAsync(location, project).WaitAsync(cancellation).ConfigureAwait(false)
            : FolderLabelStore.Create(location, project);
    }

    /// <summary>Whether there is a project.</summary>
    /// <param name="location">The project's folder or address.</param>
    /// <param name="cancellation">Stops the looking.</param>
    /// <exception cref="IOException">The database cannot be used.</exception>
    /// <exception cref="InvalidDataException">The address is none.</exception>
    public static async Task<bool> ExistsAsync(string location, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(location);
        return PostgresLocation.Fits(location)
            ? await PostgresLabelStore.ExistsAsync(location).WaitAsync(cancellation).ConfigureAwait(false)
            : FolderLabelStore.Exists(location);
    }

    /// <summary>The location for people: without a password.</summary>
    /// <param name="location">The project's folder or address.</param>
    /// <exception cref="InvalidDataException">The address is none.</exception>
    public static string Show(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return PostgresLocation.Fits(location) ? PostgresLocation.Parse(location).ToString() : location;
    }

    /// <summary>The folder for what is made of a project: the project's own, or for a database one of the project's name in the working folder.</summary>
    /// <param name="location">The project's folder or address.</param>
    /// <exception cref="InvalidDataException">The address is none.</exception>
    public static string Folder(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return PostgresLocation.Fits(location) ? string.Concat(PostgresLocation.Parse(location).Project.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')) : location;
    }

    /// <summary>The name that a new project has unless it is given one.</summary>
    /// <param name="location">The project's folder or address.</param>
    /// <exception cref="InvalidDataException">The address is none.</exception>
    public static string DefaultName(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return PostgresLocation.Fits(location) ? PostgresLocation.Parse(location).Project : Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(location)));
    }
}
