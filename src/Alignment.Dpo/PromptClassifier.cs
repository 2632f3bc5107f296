namespace Alignment.Dpo;

/// <summary>
/// Tells prompts of good responses from those of bad ones: logistic regression with balanced classes on standardised features, ½‖w‖² + Σ loss, as
/// scikit-learn's <c>LogisticRegression(class_weight="balanced")</c> that TRL takes. Newton's method with conjugate gradients, so that the same rows give the same bits.
/// </summary>
internal sealed class PromptClassifier
{
    private const int Steps = 50;
    private const double Tolerance = 1e-8; // of the gradient's largest entry

    private readonly double[] _means;
    private readonly double[] _scales;
    private double[] _weights; // the intercept is the last

    private PromptClassifier(double[] means, double[] scales) => (_means, _scales, _weights) = (means, scales, new double[means.Length + 1]);

    /// <summary>Learns.</summary>
    /// <param name="rows">Features, all of one length.</param>
    /// <param name="isGood">Their classes; both occur.</param>
    public static PromptClassifier Fit(IReadOnlyList<double[]> rows, IReadOnlyList<bool> isGood)
    {
        var width = rows[0].Length;
        double[] means = [.. Enumerable.Range(0, width).Select(k => rows.Average(row => row[k]))];
        double[] scales = [.. Enumerable.Range(0, width).Select(k => Math.Sqrt(rows.Average(row => (row[k] - means[k]) * (row[k] - means[k]))) is var scale && scale > 1e-6 * Math.Max(1, Math.Abs(means[k])) ? scale : 1)];
        var made = new PromptClassifier(means, scales);
        double[][] features = [.. rows.Select(made.Standardised)];
        var good = isGood.Count(value => value);
        double[] importance = [.. isGood.Select(value => rows.Count / (2.0 * (value ? good : rows.Count - good)))];
        var (loss, gradient) = made.Loss(features, isGood, importance, made._weights);
        for (var step = 0; step < Steps && gradient.Max(Math.Abs) > Tolerance; step++)
        {
            var direction = made.Direction(features, importance, gradient);
            var size = 1.0;
            double[] next;
            double better;
            double[] slope;
            do
            {
                next = [.. made._weights.Zip(direction, (weight, move) => weight - (size * move))];
                (better, slope) = made.Loss(features, isGood, importance, next);
                size /= 2;
            }
            while (!(better < loss) && size > 1e-10);

            if (!(better < loss))
            {
                break; // as low as rounding lets it be
            }

            (made._weights, loss, gradient) = (next, better, slope);
        }

        return made;
    }

    /// <summary>How likely a prompt is one of the good responses'.</summary>
    /// <param name="features">Of the prompt.</param>
    public double Probability(double[] features) => Sigmoid(Value(Standardised(features), _weights));

    private double[] Standardised(double[] row) => [.. row.Select((value, k) => (value - _means[k]) / _scales[k])];

    private static double Value(double[] features, double[] weights)
    {
        var sum = weights[^1];
        for (var k = 0; k < features.Length; k++)
        {
            sum += features[k] * weights[k];
        }

        return sum;
    }

    private static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));

    private (double Loss, double[] Gradient) Loss(double[][] features, IReadOnlyList<bool> isGood, double[] importance, double[] weights)
    {
        var loss = 0.0;
        var gradient = new double[weights.Length];
        for (var k = 0; k < weights.Length - 1; k++)
        {
            loss += weights[k] * weights[k] / 2;
            gradient[k] = weights[k];
        }

        for (var row = 0; row < features.Length; row++)
        {
            var value = Value(features[row], weights);
            var signed = isGood[row] ? -value : value;
            loss += importance[row] * (Math.Max(signed, 0) + Math.Log(1 + Math.Exp(-Math.Abs(signed))));
            Add(gradient, features[row], importance[row] * (Sigmoid(value) - (isGood[row] ? 1 : 0)));
        }

        return (loss, gradient);
    }

    // The Hessian's solution for the gradient, by conjugate gradients.
    private double[] Direction(double[][] features, double[] importance, double[] gradient)
    {
        double[] curvature = [.. features.Select((row, i) => Sigmoid(Value(row, _weights)) is var p ? importance[i] * p * (1 - p) : 0)];
        var solution = new double[gradient.Length];
        var (rest, search) = (gradient.ToArray(), gradient.ToArray());
        var (size, goal) = (Dot(rest, rest), 1e-20 * Dot(gradient, gradient));
        for (var i = 0; i < 2 * gradient.Length && size > goal; i++)
        {
            var image = search.ToArray();
            image[^1] = 0; // the intercept is free
            for (var row = 0; row < features.Length; row++)
            {
                Add(image, features[row], curvature[row] * Value(features[row], search));
            }

            var step = size / Dot(search, image);
            for (var k = 0; k < rest.Length; k++)
            {
                solution[k] += step * search[k];
                rest[k] -= step * image[k];
            }

            var next = Dot(rest, rest);
            for (var k = 0; k < rest.Length; k++)
            {
                search[k] = rest[k] + (next / size * search[k]);
            }

            size = next;
        }

        return solution;
    }

    private static void Add(double[] to, double[] features, double factor)
    {
        for (var k = 0; k < features.Length; k++)
        {
            to[k] += factor * features[k];
        }

        to[^1] += factor;
    }

    private static double Dot(double[] left, double[] right)
    {
        var sum = 0.0;
        for (var k = 0; k < left.Length; k++)
        {
            sum += left[k] * right[k];
        }

        return sum;
    }
}
