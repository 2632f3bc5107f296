namespace Alignment.Data.Jinja;

/// <summary>A slice's bounds; null where the template leaves one out.</summary>
internal sealed record SliceKey(long? Start, long? Stop, long? Step)
{
    /// <summary>The positions that the slice takes out of so many, in its order.</summary>
    public IEnumerable<int> Positions(int length)
    {
        var step = Step ?? 1;
        if (step == 0)
        {
            throw new JinjaException("slice step cannot be zero");
        }

        var (first, last) = step > 0 ? (0L, (long)length) : (-1L, length - 1L);
        var start = Bound(Start, step > 0 ? first : last);
        var stop = Bound(Stop, step > 0 ? last : first);
        for (var i = start; step > 0 ? i < stop : i > stop;)
        {
            yield return (int)i;
            if (step > 0 ? step >= stop - i : step <= stop - i)
            {
                break;
            }

            i += step;
        }

        long Bound(long? given, long otherwise) => given is not { } value ? otherwise : Math.Clamp(value < 0 ? value + length : value, first, last);
    }
}
