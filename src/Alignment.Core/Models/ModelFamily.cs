using System.Text.Json.Nodes;

namespace Alignment.Core.Models;

/// <summary>
/// What sets one family apart: its <c>model_type</c>, its parameter names, and the keys of its <c>config.json</c> with the defaults of
/// transformers' class of that family.
/// </summary>
internal abstract class ModelFamily
{
    public abstract string ModelType { get; }

    /// <summary>Class name of the language model in the file's <c>architectures</c>.</summary>
    public abstract string CausalArchitecture { get; }

    /// <summary>Class name of the model with a head for scores or labels.</summary>
    public abstract string ScalarArchitecture { get; }

    public abstract ParameterNames Names { get; }

    /// <summary>The padding token's row of the embedding takes no gradient from where it is looked up, as transformers has it for most families.</summary>
    public virtual bool FixedPadRow => true;

    /// <summary>Reads the family's keys; <c>model_type</c> and the token ids are read by the caller.</summary>
    public abstract ModelConfig Read(ConfigReader json);

    /// <summary>Writes every key that <see cref="Read"/> understands, so that reading gives the same config.</summary>
    public abstract void Write(ModelConfig config, JsonObject json);
}
