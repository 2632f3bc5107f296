using System.Diagnostics;
using System.Text;
using Alignment.Core.Checkpoints;
using static Alignment.Core.Tests.Checkpoints.SafetensorsBytes;

namespace Alignment.Core.Tests.Checkpoints;

/// <summary>Every lie that a header can tell is an error that names the file and the reason, quickly.</summary>
public class SafetensorsHeaderTests
{
    public static TheoryData<string, byte[], string> HostileFiles()
    {
        var good = Tensor("a", "[2]", "[0,8]");
        var data = new TheoryData<string, byte[], string>
        {
            { "empty file", [], "it has 0 bytes" },
            { "seven bytes", new byte[7], "it has 7 bytes" },
            { "length beyond the file", Of(Encoding.UTF8.GetBytes("{}"), 0, 1_000), "claims 1000 bytes but only 2 follow" },
            { "length of 2^64-1", Of(Encoding.UTF8.GetBytes("{}"), 0, ulong.MaxValue), "the format allows 100000000" },
            { "length of 2^63", Of(Encoding.UTF8.GetBytes("{}"), 0, 1UL << 63), "the format allows 100000000" },
            { "header over 100 MB", Of(Encoding.UTF8.GetBytes("{}"), 0, 100_000_001), "the format allows 100000000" },
            { "empty header", Of("", 0), "does not start with '{'" },
            { "a list", Of("[]", 0), "does not start with '{'" },
            { "a space first", Of(" {}", 0), "does not start with '{'" },
            { "not JSON", Of("{nonsense", 0), "not valid JSON" },
            { "two documents", Of("{}{}", 0), "not valid JSON" },
            { "cut off", Of("{" + good[..20], 8), "not valid JSON" },
            { "nesting", Of("{\"a\":" + string.Concat(Enumerable.Repeat("[", 100_000)), 0), "is not an object" },
            { "nesting in an entry", Of("{\"a\":{\"shape\":" + string.Concat(Enumerable.Repeat("[", 100_000)), 0), "whole number" },
            { "broken UTF-8", Of([.. "{\""u8, 0xFF, 0xFE, .. "\":{}}"u8], 0), "not valid" },
            { "entry is a number", Of("{\"a\":1}", 0), "'a' is not an object" },
            { "duplicate tensor", Of($"{{{good},{good}}}", 8), "'a' is listed twice" },
            { "duplicate key in an entry", Of("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8), "gives 'dtype' twice" },
            { "duplicate metadata", Of("{\"__metadata__\":{},\"__metadata__\":{}}", 0), "'__metadata__' is listed twice" },
            { "duplicate metadata key", Of("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0), "'__metadata__.k' is listed twice" },
            { "metadata that is no text", Of("{\"__metadata__\":{\"k\":1}}", 0), "is not a string" },
            { "unknown key", Of("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}", 8), "unknown key 'x'" },
            { "missing key", Of("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8), "needs 'dtype', 'shape' and 'data_offsets'" },
            { "one offset", Of($"{{{Tensor("a", "[2]", "[0]")}}}", 8), "needs 'dtype', 'shape' and 'data_offsets'" },
            { "three offsets", Of($"{{{Tensor("a", "[2]", "[0,8,8]")}}}", 8), "more than 2 numbers" },
            { "negative shape", Of($"{{{Tensor("a", "[-2]", "[0,8]")}}}", 8), "whole number" },
            { "fractional shape", Of($"{{{Tensor("a", "[2.5]", "[0,8]")}}}", 8), "whole number" },
            { "shape over 2^63", Of($"{{{Tensor("a", "[9223372036854775808]", "[0,8]")}}}", 8), "whole number" },
            { "overflowing shape", Of($"{{{Tensor("a", "[4294967296,4294967296,4]", "[0,8]")}}}", 8), "larger than any file" },
            { "overflow to a small product", Of($"{{{Tensor("a", "[4611686018427387905,4]", "[0,16]")}}}", 16), "larger than any file" },
            { "65 dimensions", Of($"{{{Tensor("a", "[" + string.Join(",", Enumerable.Repeat("1", 65)) + "]", "[0,4]")}}}", 4), "more than 64 numbers" },
            { "negative offset", Of($"{{{Tensor("a", "[2]", "[-8,0]")}}}", 8), "whole number" },
            { "offsets backwards", Of($"{{{Tensor("a", "[2]", "[8,0]")}}}", 8), "needs 8 bytes" },
            { "wrong size for the type", Of($"{{{Tensor("a", "[2]", "[0,8]", "F64")}}}", 8), "needs 16 bytes" },
            { "out of the file", Of($"{{{Tensor("a", "[4]", "[0,16]")}}}", 8), "has only 8" },
            { "overlap", Of($"{{{Tensor("a", "[2]", "[0,8]")},{Tensor("b", "[2]", "[4,12]")}}}", 12), "overlaps" },
            { "same place twice", Of($"{{{Tensor("a", "[2]", "[0,8]")},{Tensor("b", "[2]", "[0,8]")}}}", 8), "overlaps" },
            { "gap", Of($"{{{Tensor("a", "[2]", "[0,8]")},{Tensor("b", "[2]", "[12,20]")}}}", 20), "leaves a gap" },
            { "gap at the start", Of($"{{{Tensor("a", "[2]", "[4,12]")}}}", 12), "leaves a gap" },
            { "trailing bytes", Of($"{{{good}}}", 11), "3 bytes after the last tensor" },
            { "F8", Of($"{{{Tensor("a", "[2]", "[0,2]", "F8_E4M3")}}}", 2), "dtype 'F8_E4M3'; supported are BOOL, U8" },
            { "numeric dtype", Of($"{{{Tensor("a", "[2]", "[0,8]", "7")}}}", 8), "dtype '7'" },
            { "dtype that is no text", Of("{\"a\":{\"dtype\":7,\"shape\":[2],\"data_offsets\":[0,8]}}", 8), "(not a string)" },
        };
        return data;
    }

    [Theory]
    [MemberData(nameof(HostileFiles))]
    public void Open_HostileFile_SaysWhatIsWrongWithinASecond(string what, byte[] bytes, string reason)
    {
        using var folder = new TemporaryFolder();
        var path = folder["x.safetensors"];
        File.WriteAllBytes(path, bytes);

        var (error, time) = Refused(path);

        error.Message.ShouldContain(reason, customMessage: what);
        error.Message.ShouldContain(path);
        time.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Open_TooManyTensors_StopsAtTheLimit()
    {
        using var folder = new TemporaryFolder();
        var path = folder["x.safetensors"];
        var header = new StringBuilder("{");
        for (var i = 0; i < 200_000; i++)
        {
            header.Append(i == 0 ? "" : ",").Append(Tensor(i.ToString(System.Globalization.CultureInfo.InvariantCulture), "[0]", "[0,0]"));
        }

        File.WriteAllBytes(path, Of(header.Append('}').ToString(), 0));
        var (error, time) = Refused(path);

        error.Message.ShouldContain("more than 100000 tensors");
        time.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    /// <summary>The error, and the best time of a few tries: the machine may be busy with other tests.</summary>
    private static (InvalidDataException Error, TimeSpan Time) Refused(string path)
    {
        var best = TimeSpan.MaxValue;
        for (var attempt = 0; ; attempt++)
        {
            var watch = Stopwatch.StartNew();
            var error = Should.Throw<InvalidDataException>(() => SafetensorsFile.Open(path).Dispose());
            best = watch.Elapsed < best ? watch.Elapsed : best;
            if (best < TimeSpan.FromSeconds(1) || attempt == 4)
            {
                return (error, best);
            }
        }
    }
}
