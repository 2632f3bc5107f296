using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

/// <summary>Tensors from the nested lists of golden files.</summary>
internal static class Json
{
    /// <summary>[B, T] Int64.</summary>
    public static Tensor Ids(JsonNode rows) => Of<long>(rows, (values, shape) => tensor(values).reshape(shape));

    /// <summary>[B, T] Float32.</summary>
    public static Tensor Reals(JsonNode rows) => Of<float>(rows, (values, shape) => tensor(values).reshape(shape));

    private static Tensor Of<T>(JsonNode rows, Func<T[], long[], Tensor> make)
    {
        var lists = rows.AsArray().Select(row => row!.AsArray().Select(value => value!.GetValue<T>()).ToArray()).ToArray();
        return make([.. lists.SelectMany(list => list)], [lists.Length, lists[0].Length]);
    }
}
