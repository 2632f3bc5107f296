using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Data.Rewards.IfEval;

/// <summary>An instruction of IFEval with its arguments, read with errors that name the row.</summary>
/// <param name="id">Such as <c>keywords:existence</c>.</param>
/// <param name="values">The arguments.</param>
/// <param name="row">The row's id.</param>
internal sealed class InstructionArguments(string id, JsonObject values, string row)
{
    /// <summary>The instruction's name.</summary>
    public string Id => id;

    /// <summary>A text.</summary>
    public string Text(string name) => values[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : throw Wrong(name, "text");

    /// <summary>A whole number; IFEval's own files write some as 3.0.</summary>
    public int Number(string name) =>
        values[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<double>(out var number) && number == Math.Floor(number) && Math.Abs(number) < int.MaxValue
            ? (int)number : throw Wrong(name, "a whole number");

    /// <summary>A list of texts.</summary>
    public IReadOnlyList<string> Texts(string name) => values[name] is JsonArray list && list.All(item => item?.GetValueKind() == JsonValueKind.String)
        ? [.. list.Select(item => item!.GetValue<string>())] : throw Wrong(name, "a list of texts");

    /// <summary>Whether a count is what the instruction asks for: <c>less than</c> or <c>at least</c>.</summary>
    public bool Holds(int count, string relation, string number) => Text(relation) switch
    {
        "less than" => count < Number(number),
        "at least" => count >= Number(number),
        _ => throw Wrong(relation, "'less than' or 'at least'"),
    };

    /// <summary>The instruction is none of IFEval's.</summary>
    public DataFormatException Unknown() => new(row, $"instruction '{id}' is not one of IFEval's", $"the checks are {string.Join(", ", InstructionChecks.Names)}");

    private DataFormatException Wrong(string name, string needed) =>
        new(row, $"the argument '{name}' of instruction '{id}' is {values[name]?.ToJsonString() ?? "missing"}", $"it must be {needed}");
}
