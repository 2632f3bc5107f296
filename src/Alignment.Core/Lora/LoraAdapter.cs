using Alignment.Core.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Core.Lora;

/// <summary>
/// The updates that a model was given: trained in place of its weights, switched off to ask the base model, merged into the weights and
/// taken out again. Belongs to the model and is disposed with it.
/// </summary>
public sealed class LoraAdapter
{
    private const string Prefix = "base_model.model.";

    private readonly IReadOnlyList<Projection> _updated;
    private readonly IReadOnlyDictionary<string, Parameter> _saved;
    private readonly Dictionary<string, Tensor> _originals = new(StringComparer.Ordinal);

    private LoraAdapter(LoraConfig config, IReadOnlyList<Projection> updated, IReadOnlyDictionary<string, Parameter> saved)
    {
        Config = config;
        _updated = updated;
        _saved = saved;
    }

    /// <summary>What the adapter is; target modules stand for what they meant in this model.</summary>
    public LoraConfig Config { get; }

    /// <summary>Whether the updates are in the weights.</summary>
    public bool IsMerged { get; private set; }

    /// <summary>Updated projections by their full names.</summary>
    public IEnumerable<string> Modules => _updated.Select(projection => projection.Name);

    /// <summary>Gives a model updates that begin as nothing, and freezes everything else but the modules to save.</summary>
    /// <param name="model">Has none yet.</param>
    /// <param name="shape">Of the model.</param>
    /// <param name="heads">Names of heads that are trained in full and kept nowhere else, as <c>score</c>.</param>
    /// <param name="config">Rank, scale, target modules.</param>
    /// <param name="seed">Draws A.</param>
    /// <param name="device">The model's.</param>
    /// <exception cref="InvalidDataException">Target modules or modules to save that the model lacks, or that cannot be had.</exception>
    internal static LoraAdapter Attach(nn.Module model, ModelConfig shape, IReadOnlyList<string> heads, LoraConfig config, long seed, Device device)
    {
        var wanted = config with { ModulesToSave = [.. config.ModulesToSave.Union(heads)] };
        var targets = AdapterTargets.Of(model, shape, wanted);
        foreach (var parameter in model.parameters())
        {
            parameter.requires_grad = false;
        }

        foreach (var projection in targets.Projections)
        {
            projection.Update(new LoraLayer(config, projection, seed, device));
        }

        foreach (var parameter in targets.Saved.Values)
        {
            parameter.requires_grad = true;
        }

        var stored = wanted with
        {
            BaseQuantization = targets.Projections.Select(projection => projection.Quantization).FirstOrDefault(kind => kind != Quantization.None),
            Targets = wanted.Targets!.IsAllLinear ? targets.Names() : wanted.Targets,
            TaskType = heads.Count > 0 ? LoraConfig.ClassifierTask : LoraConfig.CausalTask,
        };
        var adapter = new LoraAdapter(stored, targets.Projections, targets.Saved);
        foreach (var (name, parameter) in targets.Saved.Where(pair => !heads.Any(head => ModuleNames.LiesIn(pair.Key, head))))
        {
            using var noGrad = no_grad();
            adapter._originals[name] = parameter.detach().clone().DetachFromDisposeScope();
        }

        return adapter;
    }

    /// <summary>
    /// Until the result is disposed the model is its base: updates do nothing and saved modules have their first weights. A head that came
    /// with the adapter stays as it is.
    /// </summary>
    /// <exception cref="InvalidOperationException">The updates are merged.</exception>
    public IDisposable Disable()
    {
        if (IsMerged)
        {
            throw new InvalidOperationException("The adapter is merged into the weights; unmerge it before asking the base model.");
        }

        Switch(on: false);
        Exchange();
        return new Enabling(this);
    }

    /// <summary>Puts the updates into the weights; a quantised weight becomes a dense one meanwhile. A second call does nothing.</summary>
    public void Merge()
    {
        if (!IsMerged)
        {
            IsMerged = true;
            foreach (var projection in _updated)
            {
                projection.Merge();
            }
        }
    }

    /// <summary>Takes merged updates out of the weights again, within float error. Without merged updates it does nothing.</summary>
    public void Unmerge()
    {
        if (IsMerged)
        {
            IsMerged = false;
            foreach (var projection in _updated)
            {
                projection.Unmerge();
            }
        }
    }

    /// <summary>What an adapter file holds, under PEFT's names; the tensors are the live ones.</summary>
    public IReadOnlyDictionary<string, Tensor> State()
    {
        var state = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var projection in _updated)
        {
            var (lora, name) = (projection.Lora!, Prefix + projection.Name);
            state[$"{name}.{Projection.FactorA}.weight"] = lora.A.Weight;
            state[$"{name}.{Projection.FactorB}.weight"] = lora.B.Weight;
            if (lora.Magnitude is { } magnitude)
            {
                state[$"{name}.{Projection.MagnitudeName}"] = magnitude;
            }
        }

        foreach (var (name, parameter) in _saved)
        {
            state[Prefix + name] = parameter;
        }

        return state;
    }

    /// <summary>The whole model's weights by their Hugging Face names, with the updates in them where they are merged. The tensors are the live ones.</summary>
    /// <param name="model">With an adapter or without.</param>
    internal static IReadOnlyDictionary<string, Tensor> FullWeights(nn.Module model)
    {
        var weights = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, parameter) in model.named_parameters().Where(item => !IsUpdate(item.name)))
        {
            weights[name] = parameter;
        }

        foreach (var projection in model.modules().OfType<Projection>().Where(projection => projection.MergedWeight is not null))
        {
            weights[projection.Name + ".weight"] = projection.MergedWeight!;
        }

        return weights;
    }

    /// <summary>Called by the model that owns it.</summary>
    internal void DisposeOriginals()
    {
        foreach (var original in _originals.Values)
        {
            original.Dispose();
        }
    }

    private static bool IsUpdate(string name) =>
        name.EndsWith($".{Projection.FactorA}.weight", StringComparison.Ordinal) || name.EndsWith($".{Projection.FactorB}.weight", StringComparison.Ordinal)
        || name.EndsWith($".{Projection.MagnitudeName}", StringComparison.Ordinal);

    private void Switch(bool on)
    {
        foreach (var projection in _updated)
        {
            projection.Lora!.IsOn = on;
        }
    }

    /// <summary>Saved modules take their other weights, bit for bit.</summary>
    private void Exchange()
    {
        using var noGrad = no_grad();
        foreach (var (name, original) in _originals)
        {
            using var scope = NewDisposeScope();
            var parameter = _saved[name];
            var trained = parameter.detach().clone();
            parameter.copy_(original);
            original.copy_(trained);
        }
    }

    private sealed class Enabling(LoraAdapter adapter) : IDisposable
    {
        private bool _done;

        public void Dispose()
        {
            if (!_done)
            {
                _done = true;
                adapter.Exchange();
                adapter.Switch(on: true);
            }
        }
    }
}
