namespace Alignment.Data.Jinja;

/// <summary>Gives expressions their values.</summary>
internal sealed class Evaluator(Renderer renderer)
{
    private readonly Budget _budget = renderer.Budget;

    /// <summary>The expression's value.</summary>
    /// <exception cref="JinjaException">It has none.</exception>
    public object Evaluate(Expression expression, Scope scope)
    {
        Budget.CheckStack();
        _budget.Step();
        switch (expression)
        {
            case Expression.Literal literal:
                return literal.Value;
            case Expression.Variable variable:
                return scope.Get(variable.Name);
            case Expression.Attribute attribute:
                return Values.Attribute(Evaluate(attribute.Target, scope), attribute.Name, _budget);
            case Expression.Item item:
                return Values.Item(Evaluate(item.Target, scope), Evaluate(item.Key, scope), _budget);
            case Expression.Slice slice:
                return Values.Item(Evaluate(slice.Target, scope), new SliceKey(Bound(slice.Start, scope), Bound(slice.Stop, scope), Bound(slice.Step, scope)), _budget);
            case Expression.Arithmetic operation:
                return Operators.Apply(operation.Symbol, Evaluate(operation.Left, scope), Evaluate(operation.Right, scope), _budget);
            case Expression.Comparison comparison:
                return Compare(comparison, scope);
            case Expression.Both both:
                return Evaluate(both.Left, scope) is var first && Operators.IsTrue(first) ? Evaluate(both.Right, scope) : first;
            case Expression.Either either:
                return Evaluate(either.Left, scope) is var left && Operators.IsTrue(left) ? left : Evaluate(either.Right, scope);
            case Expression.Not not:
                return !Operators.IsTrue(Evaluate(not.Operand, scope));
            case Expression.Choice choice:
                return Operators.IsTrue(Evaluate(choice.Condition, scope)) ? Evaluate(choice.Then, scope)
                    : choice.Else is { } otherwise ? Evaluate(otherwise, scope)
                    : new UndefinedValue("the inline if-expression evaluated to false and no else section was defined");
            case Expression.Joined joined:
                var text = new TextBuilder(_budget);
                foreach (var part in joined.Parts)
                {
                    text.Append(PythonText.Of(Evaluate(part, scope), _budget));
                }

                return text.ToText();
            case Expression.Signed signed:
                return Operators.Sign(signed.Sign, Evaluate(signed.Operand, scope));
            case Expression.ListOf list:
                return new ListValue(EvaluateAll(list.Items, scope));
            case Expression.TupleOf tuple:
                return new ListValue(EvaluateAll(tuple.Items, scope), isTuple: true);
            case Expression.DictOf dict:
                _budget.Charge(64 + (32L * dict.Pairs.Length));
                return dict.Pairs.Aggregate(new DictValue(), (made, pair) => made.Set(Evaluate(pair.Key, scope), Evaluate(pair.Value, scope)));
            case Expression.Call call:
                return Call(call, scope, []);
            case Expression.Filter filter:
                return Filter(filter, Evaluate(filter.Target!, scope), scope);
            default:
                var test = (Expression.Test)expression;
                return Tests.Apply(test.Name, Evaluate(test.Target, scope), Arguments(test.Arguments, scope), _budget);
        }
    }

    /// <summary>Calls what the expression names, with some arguments more than it has.</summary>
    public object Call(Expression.Call call, Scope scope, IReadOnlyList<KeyValuePair<string, object>> more)
    {
        var target = Evaluate(call.Target, scope);
        var arguments = Arguments(call.Arguments, scope);
        return Call(target, more.Count == 0 ? arguments : arguments with { Named = [.. arguments.Named, .. more] });
    }

    /// <summary>A filter's result.</summary>
    public object Filter(Expression.Filter filter, object value, Scope scope) => Filters.Apply(filter.Name, value, Arguments(filter.Arguments, scope), renderer);

    private static object Call(object target, CallArguments arguments) => target switch
    {
        FunctionValue function => function.Call(arguments),
        MacroValue macro => macro.Call(arguments),
        UndefinedValue undefined => throw undefined.Error,
        _ => throw new JinjaException($"'{TypeNames.Of(target)}' object is not callable"),
    };

    private object Compare(Expression.Comparison comparison, Scope scope)
    {
        var left = Evaluate(comparison.First, scope);
        foreach (var (symbol, operand) in comparison.Rest)
        {
            var right = Evaluate(operand, scope);
            var holds = symbol switch
            {
                "==" => Operators.AreEqual(left, right, _budget),
                "!=" => !Operators.AreEqual(left, right, _budget),
                "in" => Operators.Contains(right, left, _budget),
                "not in" => !Operators.Contains(right, left, _budget),
                _ => Ordered(symbol, left, right, _budget),
            };
            if (!holds)
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    /// <summary><c>left &lt; right</c> and its kin; nothing is less or more than NaN.</summary>
    public static bool Ordered(string symbol, object left, object right, Budget budget)
    {
        if ((left is double a && double.IsNaN(a)) || (right is double b && double.IsNaN(b)))
        {
            return false;
        }

        var order = Operators.Compare(left, right, symbol, budget);
        return symbol switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 };
    }

    private long? Bound(Expression? bound, Scope scope) => bound is null ? null : Evaluate(bound, scope) switch
    {
        None => null,
        UndefinedValue undefined => throw undefined.Error,
        var value when value is long or bool or System.Numerics.BigInteger => Math.Clamp(Values.Integer(value), -int.MaxValue, int.MaxValue),
        _ => throw new JinjaException("slice indices must be integers or None"),
    };

    private object[] EvaluateAll(Expression[] items, Scope scope)
    {
        _budget.Charge(8L * items.Length);
        return Array.ConvertAll(items, item => Evaluate(item, scope));
    }

    private CallArguments Arguments(ArgumentList list, Scope scope)
    {
        if (list == ArgumentList.None)
        {
            return CallArguments.None;
        }

        IReadOnlyList<object> positional = EvaluateAll(list.Positional, scope);
        IReadOnlyList<KeyValuePair<string, object>> named = Array.ConvertAll(list.Named, argument => KeyValuePair.Create(argument.Name, Evaluate(argument.Value, scope)));
        if (list.Rest is { } rest)
        {
            positional = [.. positional, .. Values.Items(Evaluate(rest, scope), _budget)];
        }

        if (list.NamedRest is { } namedRest)
        {
            var more = Evaluate(namedRest, scope) as DictValue ?? throw new JinjaException("what follows ** must be a dictionary");
            named = [.. named, .. more.Items.Select(pair => KeyValuePair.Create(Values.String(pair.Key, "an argument's name").Value, pair.Value))];
        }

        return new(positional, named);
    }
}
