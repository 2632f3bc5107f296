using System.Numerics;

namespace Alignment.Data.Selection;

/// <summary>
/// Points that leave no other point far away: the first point, then again and again the one that is farthest from all taken so far (Gonzalez 1985; twice the best radius at most).
/// </summary>
internal static class KCentre
{
    /// <summary>The places of the points that were taken, in the order in which they were.</summary>
    /// <param name="points">Vectors of one length.</param>
    /// <param name="count">How many to take.</param>
    public static IReadOnlyList<int> Take(IReadOnlyList<float[]> points, int count)
    {
        var taken = new List<int>();
        var distance = new float[points.Count];
        distance.AsSpan().Fill(float.MaxValue);
        for (var next = 0; taken.Count < Math.Min(count, points.Count); next = Farthest(distance))
        {
            taken.Add(next);
            for (var i = 0; i < distance.Length; i++)
            {
                distance[i] = Math.Min(distance[i], Squared(points[i], points[next]));
            }

            distance[next] = -1;
        }

        return taken;
    }

    private static int Farthest(float[] distance)
    {
        var best = 0;
        for (var i = 1; i < distance.Length; i++)
        {
            best = distance[i] > distance[best] ? i : best;
        }

        return best;
    }

    private static float Squared(float[] a, float[] b)
    {
        var sum = Vector<float>.Zero;
        var width = Vector<float>.Count;
        for (var i = 0; i < a.Length; i += width)
        {
            var difference = new Vector<float>(a, i) - new Vector<float>(b, i);
            sum += difference * difference;
        }

        return Vector.Sum(sum);
    }
}
