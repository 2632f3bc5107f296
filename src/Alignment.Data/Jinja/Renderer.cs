namespace Alignment.Data.Jinja;

/// <summary>Runs the statements of one rendering.</summary>
internal sealed class Renderer
{
    private readonly string _template;

    /// <summary>For one rendering of a template.</summary>
    /// <param name="template">Its name, for messages.</param>
    /// <param name="now">What <c>strftime_now</c> tells; null refuses it.</param>
    public Renderer(string template, DateTimeOffset? now)
    {
        _template = template;
        Now = now;
        Evaluator = new(this);
    }

    /// <summary>What this rendering may cost.</summary>
    public Budget Budget { get; } = new();

    /// <summary>What <c>strftime_now</c> tells.</summary>
    public DateTimeOffset? Now { get; }

    /// <summary>Gives expressions their values.</summary>
    public Evaluator Evaluator { get; }

    /// <summary>What statements write.</summary>
    /// <param name="body">The statements.</param>
    /// <param name="scope">Their variables.</param>
    /// <param name="asMacro">Whether it is a macro's body, which counts as a call.</param>
    public Text Write(Statement[] body, Scope scope, bool asMacro = false)
    {
        var output = new TextBuilder(Budget);
        if (asMacro)
        {
            Budget.Enter();
        }

        Run(body, scope, output);
        if (asMacro)
        {
            Budget.Leave();
        }

        return output.ToText();
    }

    private Flow Run(Statement[] body, Scope scope, TextBuilder output)
    {
        Budget.CheckStack();
        foreach (var statement in body)
        {
            Budget.Step();
            Flow flow;
            try
            {
                flow = Run(statement, scope, output);
            }
            catch (JinjaException e) when (e.Line == 0)
            {
                throw e.At(_template, statement.Line);
            }

            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Run(Statement statement, Scope scope, TextBuilder output)
    {
        switch (statement)
        {
            case Statement.Data data:
                output.Append(data.Text);
                return Flow.Next;
            case Statement.Output written:
                output.Append(PythonText.Of(Evaluator.Evaluate(written.Value, scope), Budget));
                return Flow.Next;
            case Statement.If choice:
                return Run(Array.Find(choice.Branches, branch => Operators.IsTrue(Evaluator.Evaluate(branch.Condition, scope))).Body ?? choice.Else, scope, output);
            case Statement.For loop:
                return RunLoop(loop, scope, output);
            case Statement.Break:
                return Flow.Break;
            case Statement.Continue:
                return Flow.Continue;
            case Statement.Set set:
                Assign(set.Target, Evaluator.Evaluate(set.Value, scope), scope);
                return Flow.Next;
            case Statement.SetBlock set:
                Assign(set.Target, Filtered(set.Filters, Write(set.Body, new(scope)), scope), scope);
                return Flow.Next;
            case Statement.With with:
                return RunWith(with, scope, output);
            case Statement.Macro macro:
                scope.Set(macro.Definition.Name, new MacroValue(macro.Definition, scope, this));
                return Flow.Next;
            case Statement.CallBlock block:
                var caller = new MacroValue(block.Caller, scope, this);
                output.Append(PythonText.Of(Evaluator.Call(block.Call, scope, [new("caller", caller)]), Budget));
                return Flow.Next;
            case Statement.FilterBlock block:
                output.Append(PythonText.Of(Filtered(block.Filters, Write(block.Body, new(scope)), scope), Budget));
                return Flow.Next;
            default:
                var start = output.Length;
                Run(((Statement.Generation)statement).Body, new(scope), output);
                output.MarkGeneration(start);
                return Flow.Next;
        }
    }

    private Flow RunLoop(Statement.For loop, Scope scope, TextBuilder output)
    {
        var items = Values.Items(Evaluator.Evaluate(loop.Items, scope), Budget);
        if (loop.Condition is { } condition)
        {
            items = items.FindAll(item =>
            {
                var inner = new Scope(scope);
                Assign(loop.Target, item, inner);
                return Operators.IsTrue(Evaluator.Evaluate(condition, inner));
            });
        }

        if (items.Count == 0)
        {
            return Run(loop.Else, new(scope), output);
        }

        var state = new LoopValue(items, scope.Loops + 1, Budget);
        for (var i = 0; i < items.Count; i++)
        {
            Budget.Step();
            state.Index = i;
            var inner = new Scope(scope) { Loops = scope.Loops + 1 };
            inner.Set("loop", state);
            Assign(loop.Target, items[i], inner);
            if (Run(loop.Body, inner, output) == Flow.Break)
            {
                break;
            }
        }

        return Flow.Next;
    }

    private Flow RunWith(Statement.With with, Scope scope, TextBuilder output)
    {
        var inner = new Scope(scope);
        foreach (var (target, value) in with.Variables.Select(variable => (variable.Target, Evaluator.Evaluate(variable.Value, scope))).ToList())
        {
            Assign(target, value, inner);
        }

        return Run(with.Body, inner, output);
    }

    private object Filtered(Expression.Filter[] filters, object value, Scope scope)
    {
        foreach (var filter in filters)
        {
            value = Evaluator.Filter(filter, value, scope);
        }

        return value;
    }

    private void Assign(Expression target, object value, Scope scope)
    {
        switch (target)
        {
            case Expression.Variable variable:
                scope.Set(variable.Name, value);
                break;
            case Expression.Attribute { Target: Expression.Variable owner } attribute:
                var space = scope.Get(owner.Name) as NamespaceValue ?? throw new JinjaException("cannot assign attribute on non-namespace object");
                space.Attributes[attribute.Name] = value;
                break;
            case Expression.TupleOf tuple:
                var values = Values.Items(value, Budget);
                if (values.Count != tuple.Items.Length)
                {
                    throw new JinjaException(values.Count < tuple.Items.Length
                        ? $"not enough values to unpack (expected {tuple.Items.Length}, got {values.Count})"
                        : $"too many values to unpack (expected {tuple.Items.Length})");
                }

                for (var i = 0; i < values.Count; i++)
                {
                    Assign(tuple.Items[i], values[i], scope);
                }

                break;
        }
    }

    private enum Flow
    {
        Next,
        Break,
        Continue,
    }
}
