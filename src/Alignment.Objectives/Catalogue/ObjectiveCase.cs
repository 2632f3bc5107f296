using System.Globalization;

using static TorchSharp.torch;

namespace Alignment.Objectives.Catalogue;

/// <summary>The arrays and options of one evaluation. Floating arrays are float64.</summary>
public sealed class ObjectiveCase
{
    private readonly Objective _objective;
    private readonly Dictionary<string, Tensor> _inputs = [];
    private readonly Dictionary<string, object?> _options = [];

    /// <summary>Sorts names; unknown ones are refused.</summary>
    /// <param name="objective">Whose.</param>
    /// <param name="inputs">Arrays by name. Those with a gradient should require one.</param>
    /// <param name="options">Numbers (double), booleans, words and lists of them by name; null means the default.</param>
    /// <exception cref="ArgumentException">A name is not known, or given twice.</exception>
    public ObjectiveCase(Objective objective, IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyDictionary<string, object?> options)
    {
        _objective = objective;
        foreach (var (name, value) in inputs)
        {
            var input = objective.Inputs.FirstOrDefault(known => known.Is(name))
                ?? throw new ArgumentException($"{objective.Name} has no input '{name}'; it knows {string.Join(", ", objective.Inputs.Select(known => known.Name))}");
            if (!_inputs.TryAdd(input.Name, value))
            {
                throw new ArgumentException($"{objective.Name}: input '{input.Name}' is given twice, the second time as '{name}'");
            }
        }

        foreach (var (name, value) in options)
        {
            var option = objective.Options.FirstOrDefault(known => known.Is(name))
                ?? throw new ArgumentException($"{objective.Name} has no option '{name}'; it knows {string.Join(", ", objective.Options.Select(known => known.Name))}");
            if (value is not null)
            {
                _options[option.Name] = value;
            }
        }
    }

    /// <summary>The arrays that were given, by their first names.</summary>
    public IReadOnlyDictionary<string, Tensor> Inputs => _inputs;

    /// <summary>Every option with the value that holds.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Options => _objective.Options.Select(option => KeyValuePair.Create(option.Name, _options.GetValueOrDefault(option.Name, option.Default)));

    /// <summary>Whether an array is there.</summary>
    /// <param name="name">Its first name.</param>
    public bool Has(string name) => _inputs.ContainsKey(name);

    /// <summary>An array that must be there.</summary>
    /// <param name="name">Its first name.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    public Tensor Tensor(string name) => Optional(name)
        ?? throw new ArgumentException($"{_objective.Name} needs the input '{name}'; it got {(_inputs.Count == 0 ? "none" : string.Join(", ", _inputs.Keys))}");

    /// <summary>An array, or null.</summary>
    /// <param name="name">Its first name.</param>
    public Tensor? Optional(string name) => _inputs.GetValueOrDefault(name);

    /// <summary>A boolean array.</summary>
    /// <param name="name">Its first name.</param>
    public Tensor Mask(string name) => Tensor(name).ne(0);

    /// <summary>A mask of the given shape; all true where there is none.</summary>
    /// <param name="name">Its first name.</param>
    /// <param name="like">Gives the shape.</param>
    public Tensor MaskOrOnes(string name, Tensor like) => Has(name) ? Mask(name) : ones_like(like).ne(0);

    /// <summary>An array of whole numbers.</summary>
    /// <param name="name">Its first name.</param>
    public Tensor Whole(string name) => Tensor(name).detach().to_type(ScalarType.Int64);

    /// <summary>A number.</summary>
    /// <param name="name">The option's first name.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public double Number(string name) => OptionalNumber(name) ?? throw new ArgumentException($"{_objective.Name} needs the option '{name}'");

    /// <summary>A number, or null.</summary>
    /// <param name="name">The option's first name.</param>
    public double? OptionalNumber(string name) => Value(name) switch
    {
        null => null,
        double number => number,
        IReadOnlyList<object?> { Count: 1 } list when list[0] is double number => number,
        var other => throw Wrong(name, "a number", other),
    };

    /// <summary>Yes or no.</summary>
    /// <param name="name">The option's first name.</param>
    public bool Flag(string name) => OptionalFlag(name) ?? false;

    /// <summary>Yes, no or neither.</summary>
    /// <param name="name">The option's first name.</param>
    public bool? OptionalFlag(string name) => Value(name) switch
    {
        null => null,
        bool flag => flag,
        double number => number != 0,
        var other => throw Wrong(name, "true or false", other),
    };

    /// <summary>One of the option's words.</summary>
    /// <param name="name">The option's first name.</param>
    public string Word(string name) => Words(name) is [var only] ? only : throw Wrong(name, "one word", Value(name));

    /// <summary>One of an enumeration's values, written in snake_case.</summary>
    /// <param name="name">The option's first name.</param>
    /// <typeparam name="T">The enumeration.</typeparam>
    public T Choice<T>(string name)
        where T : struct, Enum => EnumWords.Parse<T>(Word(name));

    /// <summary>Several of the option's words.</summary>
    /// <param name="name">The option's first name.</param>
    public IReadOnlyList<string> Words(string name)
    {
        var option = _objective.Options.First(known => known.Name == name);
        return Value(name) switch
        {
            string word => [option.Word(word)],
            IReadOnlyList<object?> list => [.. list.Select(item => option.Word(item as string ?? throw Wrong(name, "words", list)))],
            bool flag when option.Words.Count > 0 => [option.Word(flag ? "true" : "false")],
            var other => throw Wrong(name, "a word", other),
        };
    }

    /// <summary>Several numbers, or null.</summary>
    /// <param name="name">The option's first name.</param>
    public IReadOnlyList<double>? Numbers(string name) => Value(name) switch
    {
        null => null,
        double number => [number],
        IReadOnlyList<object?> list => [.. list.Select(item => item is double number ? number : throw Wrong(name, "numbers", list))],
        var other => throw Wrong(name, "numbers", other),
    };

    private object? Value(string name) => _options.GetValueOrDefault(name, _objective.Options.First(option => option.Name == name).Default);

    private ArgumentException Wrong(string name, string wanted, object? value) =>
        new($"{_objective.Name}: option {name} must be {wanted}, got {Convert.ToString(value, CultureInfo.InvariantCulture) ?? "nothing"}");
}
