using System.Runtime.CompilerServices;

namespace Alignment.Data.Jinja;

/// <summary>What one rendering may cost. Real templates stay far below; one that runs away ends with an error in well under a second.</summary>
internal sealed class Budget
{
    /// <summary>UTF-16 units of a template's source; published ones have at most some thirty thousand.</summary>
    public const int MostSource = 1 << 19;

    /// <summary>Tags and expressions that may be nested in each other.</summary>
    public const int MostNesting = 100;

    private const int MostCalls = 150;
    private const int MostSteps = 3_000_000;
    private const long MostUnits = 24_000_000;

    private int _steps;
    private int _calls;
    private long _units;

    /// <summary>One statement, expression or turn of a loop.</summary>
    public void Step()
    {
        if (++_steps > MostSteps)
        {
            throw new JinjaException($"the template takes more than {MostSteps} steps: a loop in it runs too long");
        }
    }

    /// <summary>Characters or list places that are about to be made.</summary>
    public void Charge(long units)
    {
        _units += units;
        if (_units > MostUnits || units > MostUnits)
        {
            throw new JinjaException($"the template makes more than {MostUnits} characters and list items");
        }
    }

    /// <summary>A macro begins.</summary>
    public void Enter()
    {
        if (++_calls > MostCalls)
        {
            throw new JinjaException($"macros call each other more than {MostCalls} deep");
        }
    }

    /// <summary>A macro ends.</summary>
    public void Leave() => _calls--;

    /// <summary>Before going down into a nested value or expression.</summary>
    public static void CheckStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new JinjaException("values or expressions are nested too deeply");
        }
    }
}
