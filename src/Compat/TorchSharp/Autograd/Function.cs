namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>An operation with a backward of its own; derive from one of the two below.</summary>
        public abstract class Function<T> : ICustomFunction
            where T : Function<T>, new()
        {
            private protected Function()
            {
            }

            public abstract string Name { get; }

            /// <summary>Runs forward without gradients and puts the function's node into the graph.</summary>
            public static List<Tensor> apply_internal(params object[] vars) => FunctionNode.Apply(new T(), vars);

            List<Tensor> ICustomFunction.Forward(AutogradContext ctx, object[] vars) => Forward(ctx, vars);

            List<Tensor> ICustomFunction.Backward(AutogradContext ctx, ReadOnlySpan<Tensor> grads) => Backward(ctx, grads);

            private protected abstract List<Tensor> Forward(AutogradContext ctx, object[] vars);

            private protected abstract List<Tensor> Backward(AutogradContext ctx, ReadOnlySpan<Tensor> grads);
        }

        /// <summary>A custom function of one output. Backward gives one gradient per argument of forward, null where there is none.</summary>
        public abstract class SingleTensorFunction<T> : Function<T>, ISingleFunction
            where T : SingleTensorFunction<T>, new()
        {
            protected SingleTensorFunction()
            {
            }

            public static Tensor apply(params object[] vars) => FunctionNode.ApplySingle(new T(), vars);

            public abstract Tensor forward(AutogradContext ctx, params object[] vars);

            public abstract List<Tensor> backward(AutogradContext ctx, Tensor grad_output);

            Tensor ISingleFunction.Forward(AutogradContext ctx, object[] vars) => forward(ctx, vars);

            private protected override List<Tensor> Forward(AutogradContext ctx, object[] vars) => [forward(ctx, vars)];

            private protected override List<Tensor> Backward(AutogradContext ctx, ReadOnlySpan<Tensor> grads) => backward(ctx, grads[0]);
        }

        /// <summary>A custom function of several outputs.</summary>
        public abstract class MultiTensorFunction<T> : Function<T>
            where T : MultiTensorFunction<T>, new()
        {
            protected MultiTensorFunction()
            {
            }

            public static List<Tensor> apply(params object[] vars) => apply_internal(vars);

            public abstract List<Tensor> forward(AutogradContext ctx, params object[] vars);

            public abstract List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs);

            private protected override List<Tensor> Forward(AutogradContext ctx, object[] vars) => [.. forward(ctx, vars)];

            private protected override List<Tensor> Backward(AutogradContext ctx, ReadOnlySpan<Tensor> grads) => backward(ctx, [.. grads]);
        }
    }
}
