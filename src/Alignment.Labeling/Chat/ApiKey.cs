namespace Alignment.Labeling.Chat;

/// <summary>A secret that goes into the request's header and nowhere else: its text form does not hold it.</summary>
public sealed class ApiKey
{
    private const string Hidden = "[key]";

    private ApiKey(string variable, string value) => (Variable, Value) = (variable, value);

    /// <summary>The environment variable that it came from.</summary>
    public string Variable { get; }

    /// <summary>The secret.</summary>
    internal string Value { get; }

    /// <summary>Reads the key.</summary>
    /// <param name="variable">The environment variable.</param>
    /// <returns>Null when it is not set or blank.</returns>
    /// <exception cref="InvalidDataException">Its value cannot be a key.</exception>
    public static ApiKey? FromEnvironment(string variable)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(variable);
        var value = Environment.GetEnvironmentVariable(variable)?.Trim();
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        return value.All(c => c is > ' ' and <= '~')
            ? new ApiKey(variable, value)
            : throw new InvalidDataException($"the environment variable {variable} is no key: it holds blanks, line ends or characters outside ASCII");
    }

    /// <summary>A text without the key, should a server have sent it back.</summary>
    /// <param name="text">The text.</param>
    public string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Replace(Value, Hidden, StringComparison.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public override string ToString() => $"the key in {Variable}";
}
