using System.Text.Json.Nodes;
using Alignment.Data.Jinja;

namespace Alignment.Data.Tests.Jinja;

public sealed class JinjaTemplateTests
{
    private static readonly DateTimeOffset Now = new(2024, 7, 26, 13, 5, 9, TimeSpan.Zero);

    [Fact]
    public void Render_GoldenSnippets_AsPythonsJinja()
    {
        var snippets = Fixture("snippets.json").AsObject();
        var variables = snippets["variables"]!.AsObject().ToDictionary(pair => pair.Key, pair => JsonValues.Of(pair.Value));
        var templates = snippets["templates"]!.AsArray();
        var expected = Fixture("expected.json").AsArray();

        templates.Count.ShouldBe(expected.Count);
        var wrong = templates.Zip(expected, (template, result) => (Template: template!.GetValue<string>(), Expected: result?.GetValue<string>()))
            .Select(row => (row.Template, row.Expected, Found: Result(row.Template, variables)))
            .Where(row => row.Expected != row.Found);
        wrong.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a\n{{ x.y }}", "t.jinja:2: 'x' is undefined")]
    [InlineData("a\n\n{% for i in [1] %}\n{{ i + 'x' }}\n{% endfor %}", "t.jinja:4: unsupported operand type(s) for +: 'int' and 'str'")]
    [InlineData("{{ raise_exception('Roles must alternate') }}", "t.jinja:1: Roles must alternate")]
    [InlineData("\n{% if x %}", "t.jinja:2: {% if %} is not closed by {% endif %}")]
    [InlineData("{{ 'a'|nothing }}", "t.jinja:1: there is no filter 'nothing'")]
    [InlineData("a\n{{ 1 is nothing }}", "t.jinja:2: there is no test 'nothing'")]
    [InlineData("{% include 'other' %}", "t.jinja:1: {% include %} reads other templates, which is not allowed here")]
    [InlineData("{% set a = [1] %}\n{{ a.append(2) }}", "t.jinja:2: access to attribute 'append' of 'list' object is unsafe")]
    [InlineData("{{ ''.__class__.__mro__ }}", "t.jinja:1: access to attribute '__class__' of 'str' object is unsafe")]
    [InlineData("{{ x y }}", "t.jinja:1: }} expected, not 'y'")]
    public void Render_Mistake_NamesTemplateLineAndProblem(string source, string message) =>
        Should.Throw<JinjaException>(() => JinjaTemplate.Parse("t.jinja", source).Render([], Now)).Message.ShouldBe(message);

    [Theory]
    [InlineData("{% if false %}{{ 'a'|nothing }}{{ 1 is nothing }}{% endif %}b", "b")]
    [InlineData("{{ none|selectattr('type', 'equalto', 'x')|list }}{{ none|map('upper')|list }}{{ missing|reject|list }}{{ 0|rejectattr('x')|list }}", "[][][][]")]
    public void Render_WhatJinjaLetsPass_Passes(string source, string expected) => JinjaTemplate.Parse("t.jinja", source).Render([], Now).Value.ShouldBe(expected);

    [Fact]
    public void Render_RaiseException_IsTheTemplatesRefusal()
    {
        Should.Throw<JinjaException>(() => JinjaTemplate.Parse("t", "{{ raise_exception('no') }}").Render([], Now)).IsRaised.ShouldBeTrue();
        Should.Throw<JinjaException>(() => JinjaTemplate.Parse("t", "{{ 1 / 0 }}").Render([], Now)).IsRaised.ShouldBeFalse();
    }

    [Theory]
    [InlineData("{{ '<' + x + '>' }}", "<[user]>")]
    [InlineData("{{ x | trim | upper }} {{ x[1:3] }} {{ x[::-1] }}", "[USER] [se] [resu]")]
    [InlineData("{{ 'a' ~ x.replace('s', '--') ~ 'b' }}", "a[u]--[er]b")]
    [InlineData("{{ x.split('s') | join('+') }}", "[u]+[er]")]
    [InlineData("{% set y %}({{ x }}){% endset %}{{ y }}", "([user])")]
    [InlineData("{% macro m(v) %}<{{ v }}>{% endmacro %}{{ m(x) }}", "<[user]>")]
    [InlineData("{{ {'k': x} | tojson }}", "{\"k\": \"[user]\"}")]
    [InlineData("{{ '%s!' % x }}{{ '{}?'.format(x) }}", "[user]![user]?")]
    [InlineData("{{ q | tojson }}{{ [q] }}", "\"[a\\\"b]\"['[a\"b]']")]
    [InlineData("{{ x | indent(2, true) }} {{ x | replace('e', x) }} {{ 'user' | replace('e', x) }}", "  [user] [ususerr] us[user]r")]
    [InlineData("{{ 'user' }}{{ x == 'user' }}{{ x | length }}{{ 'ß' ~ sharp.upper() }}", "userTrue4ß[SS]")]
    public void Render_Content_KeepsItsOrigin(string source, string expected)
    {
        var text = JinjaTemplate.Parse("t", source).Render(Variables(("x", "user"), ("q", "a\"b"), ("sharp", "ß")), Now);

        Marked(text, TextOrigin.Content).ShouldBe(expected);
    }

    [Fact]
    public void Render_Generation_MarksWhatTheAssistantWrote()
    {
        const string Source = "<s>{% for m in [x, y] %}A:{% generation %}{{ m }}<e>{% endgeneration %}\n{% endfor %}";

        var text = JinjaTemplate.Parse("t", Source).Render(Variables(("x", "one"), ("y", "two")), Now);

        text.Value.ShouldBe("<s>A:one<e>A:two<e>");
        Marked(text, TextOrigin.Generation).ShouldBe("<s>A:[one<e>]A:[two<e>]");
        Marked(text, TextOrigin.Content).ShouldBe("<s>A:[one]<e>A:[two]<e>");
    }

    [Fact]
    public void Render_GenerationInsideOfAMacro_IsMarkedToo()
    {
        const string Source = "{% macro turn(m) %}<{% generation %}{{ m }}{% endgeneration %}>{% endmacro %}{{ turn(x) ~ turn('z') }}";

        Marked(JinjaTemplate.Parse("t", Source).Render(Variables(("x", "one")), Now), TextOrigin.Generation).ShouldBe("<[one]><[z]>");
    }

    [Theory]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}")]
    [InlineData("{% set ns = namespace(x='abc') %}{% for i in range(1000) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(1000) %}{% set ns.x = ns.x + ns.x %}{% endfor %}")]
    [InlineData("{% set ns = namespace(x=[]) %}{% for i in range(100000) %}{% set ns.x = [ns.x] %}{% endfor %}")]
    [InlineData("{% set ns = namespace(x=[], y=[]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}")]
    [InlineData("{% set ns = namespace(x=[]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [InlineData("{% macro m() %}{% call m() %}{% endcall %}{% endmacro %}{{ m() }}")]
    [InlineData("{{ 'a' * 1000000000 }}")]
    [InlineData("{{ 'a'.center(1000000000) }}")]
    [InlineData("{{ '%1000000000d' % 1 }}")]
    [InlineData("{{ '{:1000000000}'.format(1) }}")]
    [InlineData("{{ 9 ** 99999 }}")]
    [InlineData("{{ 'a' | indent(1000000000, true) }}")]
    [InlineData("{{ [1] * 1000000000 }}")]
    [InlineData("{{ [1] | batch(1000000000, 'x') | list }}")]
    [InlineData("{{ [1] | slice(1000000000) | list }}")]
    [InlineData("{{ ('x' * 1000000).replace('', 'y' * 1000000) }}")]
    [InlineData("{% set s = 'ab' * 1000000 %}{% for i in range(100000) %}{% for j in range(100000) %}{{ s[i] ~ s.upper()[j] }}{% endfor %}{% endfor %}")]
    [InlineData("{% set a = 'ab' * 1000000 %}{% set b = 'ab' * 1000000 %}{% for i in range(100000) %}{{ a == b }}{{ a in b }}{{ a < b }}{% endfor %}")]
    public void Render_RunsAway_EndsInTimeAndSpace(string source)
    {
        var template = JinjaTemplate.Parse("t", source);
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Should.Throw<JinjaException>(() => template.Render([], Now)).Message.ShouldStartWith("t:1: ");

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20)); // some tenths of a second on an idle machine
    }

    [Fact]
    public void Parse_NestedOrHuge_IsRefused()
    {
        string[] sources =
        [
            "{{ " + new string('(', 100_000), "{{ " + new string('[', 100_000), "{{ " + string.Concat(Enumerable.Repeat("not ", 50_000)) + "x }}", "{{ " + new string('-', 100_000) + "1 }}",
            string.Concat(Enumerable.Repeat("{% if a %}", 10_000)), "{{ a" + string.Concat(Enumerable.Repeat(" + a", 50_000)) + " }}", "{{ a" + string.Concat(Enumerable.Repeat(".b", 50_000)) + " }}",
            "{{ a" + string.Concat(Enumerable.Repeat("|trim", 50_000)) + " }}", "{{ a" + string.Concat(Enumerable.Repeat(" if a else a", 50_000)) + " }}", new string('x', 600_000),
        ];
        foreach (var source in sources)
        {
            Should.Throw<JinjaException>(() => JinjaTemplate.Parse("t", source), source[..20]);
        }
    }

    [Fact]
    public void Render_DeepButLegalExpressions_DoNotEndTheProcess()
    {
        var chain = string.Concat(Enumerable.Repeat("1 + ", 400));
        var source = "{{ " + string.Concat(Enumerable.Repeat($"{chain}(", 90)) + "1" + new string(')', 90) + " }}";
        string? result = null;
        var thread = new Thread(() => result = Result(source, []), 1 << 20);
        thread.Start();
        thread.Join();

        (result is null or "36001").ShouldBeTrue();
    }

    private static string? Result(string template, IEnumerable<KeyValuePair<string, object>> variables)
    {
        try
        {
            return JinjaTemplate.Parse("t", template).Render(variables, Now).Value;
        }
        catch (JinjaException)
        {
            return null;
        }
    }

    private static IEnumerable<KeyValuePair<string, object>> Variables(params (string Name, string Value)[] variables) =>
        variables.Select(variable => KeyValuePair.Create(variable.Name, (object)Text.OfContent(variable.Value)));

    private static string Marked(Text text, TextOrigin origin)
    {
        var result = text.Value;
        foreach (var run in text.Runs.Where(run => run.Origin.HasFlag(origin)).Reverse())
        {
            result = result.Insert(run.End, "]").Insert(run.Start, "[");
        }

        return result.Replace("][", "", StringComparison.Ordinal);
    }

    private static JsonNode Fixture(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "jinja", name)))!;
}
