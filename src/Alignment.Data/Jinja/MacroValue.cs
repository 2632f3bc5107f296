namespace Alignment.Data.Jinja;

/// <summary>A macro that can be called, with the variables of the place where it stands.</summary>
internal sealed class MacroValue(MacroDefinition definition, Scope scope, Renderer renderer)
{
    private const string CallerName = "caller";

    /// <summary>Writes the macro's body.</summary>
    /// <exception cref="JinjaException">The arguments do not fit, or the body fails.</exception>
    public object Call(CallArguments arguments)
    {
        var inner = new Scope(scope) { Loops = 0 };
        var parameters = definition.Parameters;
        var named = new Dictionary<string, object>(arguments.Named, StringComparer.Ordinal);
        for (var i = 0; i < parameters.Length; i++)
        {
            var (name, otherwise) = parameters[i];
            var isNamed = named.Remove(name, out var value);
            if (i < arguments.Positional.Count)
            {
                value = isNamed ? throw new JinjaException($"macro '{definition.Name}' is given its argument '{name}' twice") : arguments.Positional[i];
            }

            inner.Set(name, value ?? (otherwise is null ? new UndefinedValue($"parameter '{name}' was not provided") : renderer.Evaluator.Evaluate(otherwise, inner)));
        }

        if (definition.Names.Contains(CallerName) && parameters.All(parameter => parameter.Name != CallerName))
        {
            inner.Set(CallerName, named.Remove(CallerName, out var caller) ? caller : new UndefinedValue("No caller defined"));
        }

        AddRest(arguments, named, inner);
        return renderer.Write(definition.Body, inner, asMacro: true);
    }

    /// <summary>An attribute; null where there is none of that name.</summary>
    public object? Attribute(string name) => name switch
    {
        "name" => (Text)definition.Name,
        "arguments" => new ListValue([.. definition.Parameters.Select(parameter => (Text)parameter.Name)], isTuple: true),
        CallerName => definition.Names.Contains(CallerName),
        "catch_kwargs" => definition.Names.Contains("kwargs"),
        "catch_varargs" => definition.Names.Contains("varargs"),
        _ => null,
    };

    private void AddRest(CallArguments arguments, Dictionary<string, object> named, Scope inner)
    {
        var count = definition.Parameters.Length;
        if (definition.Names.Contains("kwargs"))
        {
            var rest = new DictValue();
            foreach (var (name, value) in named)
            {
                rest.Set((Text)name, value);
            }

            inner.Set("kwargs", rest);
        }
        else if (named.Count > 0)
        {
            throw new JinjaException($"macro '{definition.Name}' takes no keyword argument '{named.Keys.First()}'");
        }

        if (definition.Names.Contains("varargs"))
        {
            inner.Set("varargs", new ListValue([.. arguments.Positional.Skip(count)], isTuple: true));
        }
        else if (arguments.Positional.Count > count)
        {
            throw new JinjaException($"macro '{definition.Name}' takes not more than {count} argument(s)");
        }
    }
}
