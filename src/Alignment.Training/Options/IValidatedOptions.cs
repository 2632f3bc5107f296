namespace Alignment.Training.Options;

/// <summary>An options record that has rules beyond the types of its members. A record of a project that does not know this
/// interface is asked too when it has the method.</summary>
public interface IValidatedOptions
{
    /// <summary>Every rule that is broken. A text begins with the option's name as it stands in the file
    /// (<c>learning_rate is -1; it must be above 0</c>), so that it is shown with that option's line.</summary>
    /// <returns>The problems; none when the options are usable.</returns>
    IEnumerable<string> Problems();
}
