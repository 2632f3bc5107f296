using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>
/// A layer that keeps its input only and runs again for its gradients (Chen et al. 2016, arXiv:1604.06174), with the same dropout.
/// The layer's trained parameters are arguments, so that their gradients go the usual way.
/// </summary>
internal sealed class LayerCheckpoint : autograd.SingleTensorFunction<LayerCheckpoint>
{
    private const string State = "state";

    public override string Name => nameof(LayerCheckpoint);

    /// <summary>The layer's output, [B, T, D].</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="hidden">[B, T, D].</param>
    /// <param name="inputs">Without a cache.</param>
    /// <param name="mode">The model's.</param>
    public static Tensor Run(nn.Module<Tensor, AttentionInputs, Tensor> layer, Tensor hidden, AttentionInputs inputs, ComputeMode mode)
    {
        Tensor[] parameters = [.. layer.parameters().Where(parameter => parameter.requires_grad)];
        return apply([hidden, new Call(layer, inputs, mode, parameters, DropoutState.Take(layer, mode, hidden.device)), .. parameters]);
    }

    /// <summary>Arguments: hidden, the call, then the parameters.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (hidden, call) = ((Tensor)vars[0], (Call)vars[1]);
        using var noGrad = no_grad();
        ctx.save_data(State, call);

        // The mask and the angles outlive the forward pass here.
        var groups = call.Inputs.Groups;
        ctx.save_for_backward([.. new[] { hidden, call.Inputs.Mask, call.Inputs.Cos, call.Inputs.Sin, groups?.Cos, groups?.Sin }.OfType<Tensor>()]);
        return call.Layer.forward(hidden, call.Inputs);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => BackwardPass.Run([grad_output], () => Backward(ctx, grad_output));

    private static List<Tensor> Backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var call = (Call)ctx.get_data(State);
        var saved = new Queue<Tensor>(ctx.get_saved_variables());
        using var scope = NewDisposeScope();
        using var withGrad = enable_grad();
        var source = saved.Dequeue();
        var hidden = source.detach();
        hidden.requires_grad = source.requires_grad;
        var groups = call.Inputs.Groups;
        var inputs = new AttentionInputs
        {
            Mask = Next(call.Inputs.Mask),
            Cos = Next(call.Inputs.Cos),
            Sin = Next(call.Inputs.Sin),
            Groups = groups is null ? null : groups with { Cos = Next(groups.Cos), Sin = Next(groups.Sin) },
        };

        Tensor output;
        using (call.Dropout?.Again())
        {
            output = call.Layer.forward(hidden, inputs);
        }

        List<Tensor> wanted = hidden.requires_grad ? [hidden, .. call.Parameters] : [.. call.Parameters];
        Tensor[] gradients = [.. autograd.grad([output], wanted, [grad_output], allow_unused: true).Select(gradient => gradient?.MoveToOuterDisposeScope()!)];
        return hidden.requires_grad ? [.. gradients.Take(1), null!, .. gradients.Skip(1)] : [null!, null!, .. gradients];

        Tensor? Next(Tensor? given) => given is null ? null : saved.Dequeue();
    }

    private sealed record Call(nn.Module<Tensor, AttentionInputs, Tensor> Layer, AttentionInputs Inputs, ComputeMode Mode, Tensor[] Parameters, DropoutState? Dropout);
}
