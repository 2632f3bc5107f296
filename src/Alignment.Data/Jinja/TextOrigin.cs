namespace Alignment.Data.Jinja;

/// <summary>Where characters of a rendered text came from. Nothing set: the template's own words.</summary>
[Flags]
internal enum TextOrigin
{
    /// <summary>The template.</summary>
    Template = 0,

    /// <summary>A message, a tool or another value that was given to the template.</summary>
    Content = 1,

    /// <summary>Written between <c>{% generation %}</c> and <c>{% endgeneration %}</c>.</summary>
    Generation = 2,
}
