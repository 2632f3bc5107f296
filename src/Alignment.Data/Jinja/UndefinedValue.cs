namespace Alignment.Data.Jinja;

/// <summary>What a missing variable, key or attribute gives: it writes nothing and is false, but nothing can be done with it.</summary>
/// <param name="problem">What is missing, for the error.</param>
internal sealed class UndefinedValue(string problem)
{
    /// <summary>The error of a use.</summary>
    public JinjaException Error => new(problem);
}
