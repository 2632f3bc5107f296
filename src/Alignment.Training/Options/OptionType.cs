using System.Collections.Concurrent;
using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Alignment.Training.Options;

/// <summary>What an option may hold.</summary>
internal enum OptionShape
{
    Text,
    Whole,
    Real,
    Flag,
    Choice,
    List,
    Map,
    Record,
}

/// <summary>The type of an option as the binder, the help, the schema and the JSON writer see it.</summary>
internal sealed record OptionType(OptionShape Shape, Type Type, OptionType? Element = null)
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<OptionMember>> Cache = new();

    /// <summary>The members of a record, those of its base types first.</summary>
    public IReadOnlyList<OptionMember> Members => Shape == OptionShape.Record ? Cache.GetOrAdd(Type, FindMembers) : [];

    /// <summary>What is wanted, in the words of an error message and of the help.</summary>
    public string Wanted => Shape switch
    {
        OptionShape.Text => "a text",
        OptionShape.Whole => "a whole number",
        OptionShape.Real => "a number",
        OptionShape.Flag => "true or false",
        OptionShape.Choice => "one of " + string.Join(", ", Choices()),
        OptionShape.List => "a list, each " + Element!.Wanted,
        OptionShape.Map => "a mapping of names, each to " + Element!.Wanted,
        _ => "a mapping of options",
    };

    public static OptionType Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return new OptionType(OptionShape.Text, type);
        }

        if (type == typeof(int) || type == typeof(long))
        {
            return new OptionType(OptionShape.Whole, type);
        }

        if (type == typeof(double) || type == typeof(float))
        {
            return new OptionType(OptionShape.Real, type);
        }

        if (type == typeof(bool))
        {
            return new OptionType(OptionShape.Flag, type);
        }

        if (type.IsEnum)
        {
            return new OptionType(OptionShape.Choice, type);
        }

        if (Argument(type, typeof(IReadOnlyDictionary<,>)) is [var key, var value] && key == typeof(string))
        {
            return new OptionType(OptionShape.Map, type, Of(value));
        }

        if (Argument(type, typeof(IEnumerable<>)) is [var element])
        {
            return new OptionType(OptionShape.List, type, Of(element));
        }

        return type.IsClass && type.GetConstructor(Type.EmptyTypes) is not null
            ? new OptionType(OptionShape.Record, type)
            : throw new NotSupportedException($"{type} cannot be an option: give it a parameterless constructor and init properties");
    }

    public static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    public IEnumerable<string> Choices() => Enum.GetNames(Type).Select(Snake);

    private static Type[]? Argument(Type type, Type definition) =>
        type.GetInterfaces().Append(type)
            .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == definition)?.GetGenericArguments();

    private static IReadOnlyList<OptionMember> FindMembers(Type type)
    {
        var nullability = new NullabilityInfoContext();
        return [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is { IsPublic: true } && p.GetIndexParameters().Length == 0)
            .OrderBy(p => Depth(p.DeclaringType!)).ThenBy(p => p.MetadataToken)
            .Select(p => new OptionMember(
                p,
                Snake(p.Name),
                p.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "",
                p.GetCustomAttribute<RequiredMemberAttribute>() is not null,
                nullability.Create(p).WriteState == NullabilityState.Nullable || Nullable.GetUnderlyingType(p.PropertyType) is not null,
                p.GetCustomAttribute<CategoryAttribute>()?.Category == InputPathAttribute.InputCategory))];
    }

    private static int Depth(Type type) => type.BaseType is { } parent ? 1 + Depth(parent) : 0;
}

/// <summary>One option of a record.</summary>
internal sealed record OptionMember(PropertyInfo Property, string Name, string Description, bool Required, bool MayBeNull, bool IsInput)
{
    public OptionType Type { get; } = OptionType.Of(Property.PropertyType);
}
