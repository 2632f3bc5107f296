using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>Generalised Jensen-Shannon divergence of a student from a teacher: Agarwal et al. 2023 (GKD), arXiv:2306.13649, Eq. 1.</summary>
public static class GeneralizedJsd
{
    /// <summary>β·KL(p_T ‖ m) + (1 − β)·KL(p_S ‖ m), m = β·p_T + (1 − β)·p_S; KL(p_T ‖ p_S) at β = 0 and KL(p_S ‖ p_T) at β = 1.</summary>
    /// <param name="studentLogits">[…, V], with gradient.</param>
    /// <param name="teacherLogits">[…, V].</param>
    /// <param name="beta">β in [0, 1]; 0.5 in TRL.</param>
    /// <param name="temperature">Divides both logits; 0.9 in TRL's trainer, 1 in its function.</param>
    /// <returns>[…], in nats at each position, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ or an option is out of range.</exception>
    public static Tensor Compute(Tensor studentLogits, Tensor teacherLogits, double beta = 0.5, double temperature = 1)
    {
        if (beta is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "must be in [0, 1]");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        TensorGuard.SameShape(studentLogits, teacherLogits);
        using var scope = NewDisposeScope();
        var student = (studentLogits / temperature).log_softmax(-1);
        var teacher = (teacherLogits / temperature).log_softmax(-1);
        Tensor divergence;
        if (beta is 0 or 1)
        {
            divergence = beta == 0 ? Divergence(teacher, student) : Divergence(student, teacher);
        }
        else
        {
            var mixture = stack([student + Math.Log(1 - beta), teacher + Math.Log(beta)]).logsumexp(0);
            divergence = beta * Divergence(teacher, mixture) + (1 - beta) * Divergence(student, mixture);
        }

        return divergence.MoveToOuterDisposeScope();
    }

    // KL(p ‖ q) over the last dimension.
    private static Tensor Divergence(Tensor logP, Tensor logQ) => (logP.exp() * (logP - logQ)).sum([-1]);
}
