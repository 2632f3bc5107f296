using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules
{
    /// <summary>Adam with decoupled weight decay: θ ← θ (1 - lr λ), then θ ← θ - lr / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε). https://arxiv.org/abs/1711.05101</summary>
    public class AdamW : OptimizerHelper, IBetas
    {
        public AdamW(
            IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08,
            double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
        {
        }

        public AdamW(
            IEnumerable<ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08,
            double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        {
            Check(lr >= 0, nameof(lr), lr);
            Check(eps >= 0, nameof(eps), eps);
            Check(beta1 is >= 0 and < 1, nameof(beta1), beta1);
            Check(beta2 is >= 0 and < 1, nameof(beta2), beta2);
            Check(weight_decay >= 0, nameof(weight_decay), weight_decay);
            _defaults = new Options
            {
                LearningRate = lr,
                InitialLearningRate = lr,
                beta1 = beta1,
                beta2 = beta2,
                eps = eps,
                weight_decay = weight_decay,
                amsgrad = amsgrad,
                maximize = maximize,
            };
            foreach (var group in parameters)
            {
                add_param_group(group);
            }
        }

        public (double, double) Betas
        {
            get => (Defaults.beta1!.Value, Defaults.beta2!.Value);
            set => (Defaults.beta1, Defaults.beta2) = value;
        }

        private Options Defaults => (Options)_defaults;

        public override void add_param_group(Modules.ParamGroup param_group)
        {
            var options = (Options)(param_group.Options ??= new Options());
            options.LearningRate ??= Defaults.LearningRate;
            options.InitialLearningRate = options.LearningRate!.Value;
            options.beta1 ??= Defaults.beta1;
            options.beta2 ??= Defaults.beta2;
            options.eps ??= Defaults.eps;
            options.weight_decay ??= Defaults.weight_decay;
            options.amsgrad ??= Defaults.amsgrad;
            options.maximize ??= Defaults.maximize;
            base.add_param_group(param_group);
        }

        public override Tensor? step(Func<Tensor>? closure = null) => _step<ParamGroup>(
            group =>
            {
                var options = group.Options!;
                foreach (var parameter in group.Parameters)
                {
                    using var gradient = new RawGradient(parameter);
                    if (gradient.IsThere)
                    {
                        Update(parameter, gradient, (State)StateOf(parameter), options);
                    }
                }
            },
            closure);

        protected override void Dispose(bool disposing) => DisposeStates();

        private protected override OptimizerState NewState(Parameter parameter, OptimizerOptions options)
        {
            var state = new State(parameter);
            state.Initialize(options);
            return state;
        }

        private static void Update(Parameter parameter, RawGradient gradient, State state, Options options)
        {
            state.step++;
            if (!options.maximize!.Value && !options.amsgrad!.Value && gradient.IsPlain && parameter.IsPlain && state.exp_avg.IsPlain && state.exp_avg_sq.IsPlain)
            {
                UpdateAtOnce(parameter, gradient, state, options);
            }
            else
            {
                using var given = gradient.ToTensor();
                UpdateByOperators(parameter, given, state, options);
            }
        }

        // One temporary at a time, of one parameter's size.
        private static void UpdateByOperators(Parameter parameter, Tensor gradient, State state, Options options)
        {
            var (beta1, beta2, rate, decay) = (options.beta1!.Value, options.beta2!.Value, options.LearningRate!.Value, options.weight_decay!.Value);
            using var negated = options.maximize!.Value ? gradient.neg() : null;
            var grad = negated ?? gradient;
            if (decay != 0)
            {
                parameter.mul_(1 - rate * decay);
            }

            state.exp_avg.mul_(beta1).add_(grad, 1 - beta1);
            state.exp_avg_sq.mul_(beta2).addcmul_(grad, grad, 1 - beta2);
            var second = state.exp_avg_sq;
            if (options.amsgrad!.Value)
            {
                var largest = state.max_exp_avg_sq!.maximum(state.exp_avg_sq).DetachFromDisposeScope();
                state.max_exp_avg_sq!.Dispose();
                state.max_exp_avg_sq = second = largest;
            }

            using var denominator = second.sqrt();
            denominator.div_(Math.Sqrt(1 - Math.Pow(beta2, state.step))).add_(options.eps!.Value);
            parameter.addcdiv_(state.exp_avg, denominator, -(rate / (1 - Math.Pow(beta1, state.step))));
        }

        // The same in one pass over the four tensors.
        private static unsafe void UpdateAtOnce(Parameter parameter, RawGradient gradient, State state, Options options)
        {
            var (beta1, beta2, rate) = (options.beta1!.Value, options.beta2!.Value, options.LearningRate!.Value);
            Native.ak_adamw(
                parameter.DataPointer(), gradient.Data, state.exp_avg.DataPointer(), state.exp_avg_sq.DataPointer(), parameter.NumberOfElements,
                (float)(1 - rate * options.weight_decay!.Value), (float)beta1, (float)beta2, (float)(rate / (1 - Math.Pow(beta1, state.step))),
                (float)Math.Sqrt(1 - Math.Pow(beta2, state.step)), (float)options.eps!.Value);
            GC.KeepAlive(parameter);
            GC.KeepAlive(state);
        }

        private static void Check(bool holds, string name, double value)
        {
            if (!holds)
            {
                throw new ArgumentException($"Invalid {name}: {value}.");
            }
        }

        public class Options : OptimizerOptions
        {
            public double? beta1;
            public double? beta2;
            public double? weight_decay;
            public double? eps;
            public bool? amsgrad;
            public bool? maximize;

            public override void SaveStateDict(BinaryWriter writer)
            {
                base.SaveStateDict(writer);
                writer.Write(beta1!.Value);
                writer.Write(beta2!.Value);
                writer.Write(eps!.Value);
                writer.Write(weight_decay!.Value);
                writer.Write(amsgrad!.Value);
                writer.Write(maximize!.Value);
            }

            public override void LoadStateDict(BinaryReader reader)
            {
                base.LoadStateDict(reader);
                beta1 = reader.ReadDouble();
                beta2 = reader.ReadDouble();
                eps = reader.ReadDouble();
                weight_decay = reader.ReadDouble();
                amsgrad = reader.ReadBoolean();
                maximize = reader.ReadBoolean();
            }

            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var other = (Options)source;
                (beta1, beta2, eps) = (other.beta1, other.beta2, other.eps);
                (weight_decay, amsgrad, maximize) = (other.weight_decay, other.amsgrad, other.maximize);
            }
        }

        public sealed class State : OptimizerState, IDisposable
        {
            public long step;
            public Tensor exp_avg = null!;
            public Tensor exp_avg_sq = null!;
            public Tensor? max_exp_avg_sq;

            public State(Parameter parameter) : base(parameter)
            {
            }

            public override void Initialize(OptimizerOptions options)
            {
                Dispose();
                step = 0;
                exp_avg = Zeros();
                exp_avg_sq = Zeros();
                max_exp_avg_sq = ((Options)options).amsgrad == true ? Zeros() : null;
            }

            public override void SaveStateDict(BinaryWriter writer)
            {
                writer.Write(step);
                TensorStream.Save(exp_avg, writer);
                TensorStream.Save(exp_avg_sq, writer);
                writer.Write(max_exp_avg_sq is not null);
                if (max_exp_avg_sq is not null)
                {
                    TensorStream.Save(max_exp_avg_sq, writer);
                }
            }

            public override void LoadStateDict(BinaryReader reader)
            {
                step = reader.ReadInt64();
                TensorStream.Load(exp_avg, reader);
                TensorStream.Load(exp_avg_sq, reader);
                KeepMaximum(reader.ReadBoolean());
                if (max_exp_avg_sq is not null)
                {
                    TensorStream.Load(max_exp_avg_sq, reader);
                }
            }

            public override void LoadStateDict(OptimizerState source)
            {
                using var gradless = no_grad();
                var other = (State)source;
                step = other.step;
                exp_avg.copy_(other.exp_avg);
                exp_avg_sq.copy_(other.exp_avg_sq);
                KeepMaximum(other.max_exp_avg_sq is not null);
                max_exp_avg_sq?.copy_(other.max_exp_avg_sq!);
            }

            public void Dispose()
            {
                exp_avg?.Dispose();
                exp_avg_sq?.Dispose();
                max_exp_avg_sq?.Dispose();
            }

            private void KeepMaximum(bool isKept)
            {
                if (!isKept)
                {
                    max_exp_avg_sq?.Dispose();
                    max_exp_avg_sq = null;
                }
                else
                {
                    max_exp_avg_sq ??= Zeros();
                }
            }
        }

        public class ParamGroup : ParamGroup<Options>, IBetas
        {
            public ParamGroup()
            {
            }

            public ParamGroup(IEnumerable<Parameter> parameters, Options? options) : base(parameters, options)
            {
            }

            public ParamGroup(
                IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                : base(parameters, new Options
                {
                    LearningRate = lr,
                    beta1 = beta1,
                    beta2 = beta2,
                    eps = eps,
                    weight_decay = weight_decay,
                    amsgrad = amsgrad,
                    maximize = maximize,
                })
            {
            }

            public (double, double) Betas
            {
                get => (Options!.beta1!.Value, Options.beta2!.Value);
                set => (Options!.beta1, Options.beta2) = value;
            }
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static AdamW AdamW(
                IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static AdamW AdamW(
                IEnumerable<AdamW.ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-08,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}
