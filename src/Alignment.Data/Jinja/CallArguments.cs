namespace Alignment.Data.Jinja;

/// <summary>Arguments with their values.</summary>
internal sealed record CallArguments(IReadOnlyList<object> Positional, IReadOnlyList<KeyValuePair<string, object>> Named)
{
    public static readonly CallArguments None = new([], []);

    /// <summary>Each parameter's value, by place or name; null where none was given.</summary>
    /// <param name="callee">Who is called, for the message.</param>
    /// <param name="required">How many of the first parameters must be there.</param>
    /// <param name="parameters">Their names; one that begins with a bar cannot be given by name.</param>
    /// <exception cref="JinjaException">Too many, too few, or an unknown name.</exception>
    public object?[] Bind(string callee, int required, params ReadOnlySpan<string> parameters)
    {
        if (Positional.Count > parameters.Length)
        {
            throw new JinjaException($"{callee} takes at most {parameters.Length} arguments, {Positional.Count} were given");
        }

        var values = new object?[parameters.Length];
        for (var i = 0; i < Positional.Count; i++)
        {
            values[i] = Positional[i];
        }

        foreach (var (name, value) in Named)
        {
            var place = parameters.IndexOf(name);
            if (place < 0 || values[place] is not null)
            {
                throw new JinjaException(place < 0 ? $"{callee} has no argument '{name}'" : $"{callee} is given its argument '{name}' twice");
            }

            values[place] = value;
        }

        for (var i = 0; i < required; i++)
        {
            if (values[i] is null)
            {
                throw new JinjaException($"{callee} needs its argument '{parameters[i].TrimStart('|')}'");
            }
        }

        return values;
    }
}
