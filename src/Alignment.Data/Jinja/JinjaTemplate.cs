namespace Alignment.Data.Jinja;

/// <summary>
/// A chat template in Jinja, read once. A rendering sees its variables and nothing else: no files, no other templates, no members of .NET
/// objects, and its steps, text and nesting are bounded. Safe to use from several threads.
/// </summary>
internal sealed class JinjaTemplate
{
    private readonly string _name;
    private readonly Statement[] _body;

    private JinjaTemplate(string name, string source, Statement[] body) => (_name, Source, _body) = (name, source, body);

    /// <summary>The template's text.</summary>
    public string Source { get; }

    /// <summary>Reads a template.</summary>
    /// <param name="name">Its file, for messages.</param>
    /// <param name="source">Its text.</param>
    /// <exception cref="JinjaException">It cannot be read; the message names the line.</exception>
    public static JinjaTemplate Parse(string name, string source) => new(name, source, StatementParser.Read(name, Lexer.Read(name, source)));

    /// <summary>What the template writes.</summary>
    /// <param name="variables">Values of <see cref="None"/>'s list of types, by name.</param>
    /// <param name="now">What <c>strftime_now</c> tells; null refuses it.</param>
    /// <exception cref="JinjaException">It fails, or refuses what it was given; the message names the line.</exception>
    public Text Render(IEnumerable<KeyValuePair<string, object>> variables, DateTimeOffset? now)
    {
        var renderer = new Renderer(_name, now);
        var globals = new Scope(null);
        Globals.AddTo(globals, renderer);
        foreach (var (name, value) in variables)
        {
            globals.Set(name, value);
        }

        return renderer.Write(_body, new(globals));
    }
}
