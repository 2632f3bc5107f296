using System.Numerics;

namespace Alignment.Data.Jinja;

/// <summary>What Python calls the types of values.</summary>
internal static class TypeNames
{
    /// <summary>The type's name.</summary>
    public static string Of(object value) => value switch
    {
        None => "NoneType",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        Text => "str",
        ListValue list => list.IsTuple ? "tuple" : "list",
        DictValue => "dict",
        SequenceValue sequence => sequence.Kind,
        UndefinedValue => "Undefined",
        NamespaceValue => "Namespace",
        SliceKey => "slice",
        LoopValue => "LoopContext",
        FunctionValue => "function",
        _ => "object",
    };

    /// <summary>How a missing attribute's message names the owner.</summary>
    public static string Owner(object value) => value is None ? "None" : $"{Of(value)} object";
}
