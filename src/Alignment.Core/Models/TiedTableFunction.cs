using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>
/// Looks vectors up in a table and gives the table on to the output layer that it is, too. So the table's two gradients meet here, and what was
/// looked up is added into the output layer's dense gradient. Autograd by itself makes a second one of zeros, and a third for the sum.
/// </summary>
internal sealed class TiedTableFunction : autograd.MultiTensorFunction<TiedTableFunction>
{
    private const string FixedRow = "fixed row";

    public override string Name => nameof(TiedTableFunction);

    /// <summary>Arguments: table [V, D], ids [N] Int64, the id that takes no gradient from being looked up or null. Results: vectors [N, D], the table.</summary>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (table, ids) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_data(FixedRow, vars[2]);
        ctx.save_for_backward([ids]);
        return [table.index_select(0, ids), table.detach()];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs) => BackwardPass.Run(grad_outputs, () => Backward(ctx, grad_outputs));

    private static List<Tensor> Backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (ids, slopes, gradient) = (ctx.get_saved_variables()[0], grad_outputs[0], grad_outputs[1]); // the gradient was made for this node alone; without an output layer it is zeros
        if ((long?)ctx.get_data(FixedRow) is { } row)
        {
            slopes = slopes.masked_fill(ids.eq(row).unsqueeze(1), 0);
        }

        // What one id is given is summed first, in the order of the rows, at one of its places: the same bits as a gradient of its own, added to the other.
        var count = ids.size(0);
        var places = empty([gradient.size(0)], dtype: ScalarType.Int64, device: ids.device).index_copy_(0, ids, arange(count, dtype: ScalarType.Int64, device: ids.device)); // [V]
        var sums = zeros_like(slopes).index_add_(0, places.index_select(0, ids), slopes, 1); // [N, D]
        return [gradient.index_add_(0, ids, sums, 1), null!, null!];
    }
}
