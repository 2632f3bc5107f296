using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Objectives.Catalogue;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary><c>alignment objectives list</c>: the losses and what they are made of.</summary>
internal static class ObjectivesListCommand
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    private static readonly Argument<string?> Name = new Argument<string?>("NAME") { Description = "one objective, with its inputs and options; all in short when left out", Arity = ArgumentArity.ZeroOrOne }.RefuseOptions();
    private static readonly Option<bool> Json = new("--json") { Description = "print JSON" };

    public static Command Create()
    {
        var command = new Command("list", "Lists every objective: name, formula, paper, inputs, options with their defaults.") { Name, Json };
        command.SetAction(parsed =>
        {
            var name = parsed.GetValue(Name);
            var shown = name is null ? ObjectiveCatalogue.All : [Find(name)];
            if (parsed.GetValue(Json))
            {
                Console.Out.WriteLine(new JsonArray([.. shown.Select(Describe)]).ToJsonString(Readable));
                return ExitCodes.Done;
            }

            foreach (var objective in shown)
            {
                Print(objective, whole: name is not null);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>The objective of a name, or the error that lists those there are.</summary>
    public static Objective Find(string name) => ObjectiveCatalogue.Find(name)
        ?? throw new InvalidDataException($"--name {name}: there is no such objective; there are {string.Join(", ", ObjectiveCatalogue.All.Select(objective => objective.Name))}");

    private static void Print(Objective objective, bool whole)
    {
        Console.Out.WriteLine($"{objective.Name,-22}{objective.Formula}");
        Console.Out.WriteLine($"{"",-22}{objective.Paper}");
        if (!whole)
        {
            Console.Out.WriteLine($"{"",-22}{string.Join("  ", objective.Options.Select(option => $"{option.Name}={Text(option.Default)}"))}");
            return;
        }

        Console.Out.WriteLine("inputs");
        foreach (var input in objective.Inputs)
        {
            Console.Out.WriteLine($"  {input.Name,-28}{input.Shape,-22}{input.Meaning}{(input.HasGradient ? " (gradient)" : "")}{Also(input.Aliases)}");
        }

        Console.Out.WriteLine("options");
        foreach (var option in objective.Options)
        {
            var words = option.Words.Count == 0 ? "" : $": {string.Join(", ", option.Words.Select(word => word.Split('=')[0]))}";
            Console.Out.WriteLine($"  {option.Name,-28}{Text(option.Default),-22}{option.Meaning}{words}{Also(option.Aliases)}");
        }
    }

    private static string Also(IReadOnlyList<string> aliases) => aliases.Count == 0 ? "" : $"; also {string.Join(", ", aliases)}";

    private static string Text(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        IReadOnlyList<object?> list => string.Join(",", list.Select(Text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static JsonObject Describe(Objective objective) => new()
    {
        ["name"] = objective.Name,
        ["aliases"] = Words(objective.Aliases),
        ["formula"] = objective.Formula,
        ["paper"] = objective.Paper,
        ["inputs"] = new JsonArray([.. objective.Inputs.Select(input => new JsonObject
        {
            ["name"] = input.Name, ["aliases"] = Words(input.Aliases), ["shape"] = input.Shape, ["meaning"] = input.Meaning, ["gradient"] = input.HasGradient,
        })]),
        ["options"] = new JsonArray([.. objective.Options.Select(option => new JsonObject
        {
            ["name"] = option.Name, ["aliases"] = Words(option.Aliases), ["default"] = JsonSerializer.SerializeToNode(option.Default), ["words"] = Words(option.Words.Select(word => word.Split('=')[0])), ["meaning"] = option.Meaning,
        })]),
    };

    private static JsonArray Words(IEnumerable<string> words) => new([.. words.Select(word => JsonValue.Create(word))]);
}
