using Alignment.Objectives.Catalogue;

using static TorchSharp.torch;

namespace Alignment.Objectives.Tests;

/// <summary>Every objective by name: its gradients are the slopes of its loss, its names are known, its errors say what to do.</summary>
public class CatalogueTests
{
    private static readonly double[] Four = [-3.1, -1.2, -2.4, -4.5];

    public static TheoryData<string> Differentiable => [.. Cases.Keys];

    // Numbers away from the corners of hinges and clips.
    private static Dictionary<string, Func<(string Name, Dictionary<string, Tensor> Inputs, Dictionary<string, object?> Options)>> Cases { get; } = MakeCases();

    private static Dictionary<string, Func<(string, Dictionary<string, Tensor>, Dictionary<string, object?>)>> MakeCases()
    {
        var cases = new Dictionary<string, Func<(string, Dictionary<string, Tensor>, Dictionary<string, object?>)>>();
        foreach (var name in (string[])["sigmoid", "hinge", "ipo", "exo_pair", "nca_pair", "robust", "bco_pair", "sppo_hard", "aot", "aot_unpaired", "apo_zero", "apo_down", "discopop", "sft", "sigmoid_norm", "mpo", "rpo"])
        {
            Dictionary<string, object?> options = name is "exo_pair" or "robust" or "aot" ? new() { ["label_smoothing"] = 0.1 } : [];
            cases[name] = () => (name, Pairs(), new(options) { ["beta"] = 0.3 });
        }

        foreach (var divergence in (string[])["forward_kl", "js_divergence", "alpha_divergence"])
        {
            cases[$"dpo {divergence}"] = () => ("dpo", Pairs(), new() { ["f_divergence_type"] = divergence, ["beta"] = 0.3 });
        }

        foreach (var name in (string[])["cpo", "simpo", "alphapo", "orpo"])
        {
            cases[name] = () => (name, PolicyPairs(), new() { ["beta"] = 0.7 });
        }

        cases["cpo hinge"] = () => ("cpo", PolicyPairs(), new() { ["loss_type"] = "hinge", ["beta"] = 0.3 });
        cases["cpo ipo"] = () => ("cpo", PolicyPairs(), new() { ["loss_type"] = "ipo" });
        cases["kto"] = () => ("kto", Labelled(), new() { ["undesirable_weight"] = 1.5 });
        cases["apo_zero_unpaired"] = () => ("apo_zero_unpaired", Labelled(), []);
        cases["bco"] = () => ("bco", Labelled(withKl: false), new() { ["delta"] = 0.3 });
        foreach (var kind in (string[])["grpo", "dr_grpo", "dapo", "bnpo", "sapo", "gspo"])
        {
            cases[kind] = () => (kind, Group(), new() { ["beta"] = 0.1 });
        }

        cases["rloo"] = () => ("rloo", Group(reference: false), []);
        cases["reinforce"] = () => ("reinforce", new() { ["per_token_logps"] = Table(1), ["advantages"] = Vector(0.5, -1), ["completion_mask"] = Mask() }, []);
        cases["reinforce_plus_plus"] = () => ("reinforce_plus_plus", Group(), new() { ["kl_coef"] = 0.1 });
        cases["ppo"] = () => ("ppo", new()
        {
            ["new_logprobs"] = Table(1),
            ["old_logprobs"] = Table(1.05),
            ["advantages"] = Table(-0.7),
            ["vpred"] = Table(0.4),
            ["values"] = Table(0.45),
            ["returns"] = Table(-0.2),
            ["mask"] = Mask(),
        }, []);
        cases["kl k3"] = () => ("kl", new() { ["logprobs"] = Table(1), ["ref_logprobs"] = Table(1.2), ["mask"] = Mask() }, new() { ["kl_estimator"] = "k3" });
        cases["masked_var"] = () => ("masked_var", new() { ["values"] = Table(1), ["mask"] = Mask() }, []);
        cases["reward_model"] = () => ("reward_model", new() { ["rewards"] = Vector(1, -0.4, 0.3, 0.8), ["margins"] = Vector(0.1, 0.5) }, new() { ["center_rewards_coefficient"] = 0.01 });
        cases["ranking"] = () => ("ranking", new() { ["rewards"] = Table(1), ["ranks"] = tensor(new double[] { 1, 0, 1, 0, 2, -1 }, [2, 3]) }, []);
        cases["best_of_k"] = () => ("best_of_k", new() { ["rewards"] = Table(1), ["best"] = tensor(new double[] { 2, 0 }) }, []);
        cases["regression"] = () => ("regression", new() { ["rewards"] = Vector(1, -0.4), ["ratings"] = Vector(0.2, 0.9) }, []);
        cases["cross_entropy"] = () => ("cross_entropy", new() { ["logits"] = Table(1), ["labels"] = tensor(new double[] { 2, 0 }) }, []);
        cases["binary_cross_entropy"] = () => ("binary_cross_entropy", new() { ["logits"] = Table(1), ["labels"] = Mask() }, []);
        cases["mean_squared_error"] = () => ("mean_squared_error", new() { ["logits"] = Table(1), ["labels"] = Mask() }, []);
        cases["online_dpo"] = () => ("online_dpo", new() { ["logprobs"] = Vector(Four), ["ref_logprobs"] = Vector(-3, -1.5, -2, -5), ["rewards"] = Vector(1, 0, 0.5, 2) }, []);
        cases["xpo"] = () => ("xpo", new()
        {
            ["model_logprobs_model_data"] = Table(1),
            ["model_logprobs_ref_data"] = Table(0.8),
            ["ref_logprobs_ref_data"] = Table(0.9),
            ["ref_logprobs_model_data"] = Table(1.1),
            ["chosen_mask"] = Vector(1, 0),
        }, new() { ["alpha"] = 0.1 });
        cases["gkd"] = () => ("gkd", new() { ["student_logits"] = Table(1).unsqueeze(0), ["teacher_logits"] = Table(-0.6).unsqueeze(0) }, new() { ["beta"] = 0.3 });
        return cases;
    }

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void Evaluate_Gradients_AreTheSlopesOfTheLoss(string which)
    {
        using var scope = NewDisposeScope();
        var (name, inputs, options) = Cases[which]();
        var objective = ObjectiveCatalogue.Of(name);
        var gradients = ObjectiveCatalogue.Evaluate(objective, inputs, options).Gradients;
        gradients.ShouldNotBeEmpty();
        foreach (var (input, gradient) in gradients)
        {
            var slopes = gradient.reshape(-1).data<double>().ToArray();
            for (var k = 0; k < slopes.Length; k++)
            {
                const double step = 1e-5;
                var slope = (Loss(input, k, step) - Loss(input, k, -step)) / (2 * step);
                slopes[k].ShouldBe(slope, 1e-8 + (1e-6 * Math.Abs(slope)), $"{which}: {input}[{k}]");
            }
        }

        double Loss(string input, int k, double step)
        {
            var moved = inputs[input].clone();
            moved.view(-1)[k] += step;
            return ObjectiveCatalogue.Evaluate(objective, new Dictionary<string, Tensor>(inputs) { [input] = moved }, options).Values.Loss!.item<double>();
        }
    }

    [Fact]
    public void All_Names_AreDifferentAndDocumented()
    {
        var names = ObjectiveCatalogue.All.SelectMany(objective => objective.Aliases.Append(objective.Name)).ToArray();
        names.Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(names.Length);
        foreach (var objective in ObjectiveCatalogue.All)
        {
            objective.Formula.ShouldNotBeNullOrWhiteSpace(objective.Name);
            objective.Paper.ShouldNotBeNullOrWhiteSpace(objective.Name);
            var inputs = objective.Inputs.SelectMany(input => input.Aliases.Append(input.Name)).ToArray();
            inputs.Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(inputs.Length, $"{objective.Name}: {string.Join(", ", inputs.GroupBy(n => n.ToUpperInvariant()).Where(g => g.Count() > 1).Select(g => g.Key))}");
            var options = objective.Options.SelectMany(option => option.Aliases.Append(option.Name)).ToArray();
            options.Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(options.Length, objective.Name);
        }
    }

    [Theory]
    [InlineData("input", "logitz", "dpo has no input 'logitz'; it knows logits, ")]
    [InlineData("option", "betta", "dpo has no option 'betta'; it knows loss_types, ")]
    public void Evaluate_UnknownName_SaysWhichThereAre(string kind, string name, string message)
    {
        var inputs = kind == "input" ? new Dictionary<string, Tensor> { [name] = tensor(1.0) } : Pairs();
        var options = kind == "option" ? new Dictionary<string, object?> { [name] = 1.0 } : [];
        Should.Throw<ArgumentException>(() => ObjectiveCatalogue.Evaluate(ObjectiveCatalogue.Of("dpo"), inputs, options)).Message.ShouldStartWith(message);
    }

    [Fact]
    public void Evaluate_UnknownLoss_SaysWhichThereAre() =>
        Should.Throw<ArgumentException>(() => ObjectiveCatalogue.Evaluate(ObjectiveCatalogue.Of("dpo"), Pairs(), new Dictionary<string, object?> { ["loss_type"] = "sigmoit" }))
            .Message.ShouldStartWith("option loss_types: 'sigmoit' is not known; it may be sigmoid, hinge, ipo");

    private static Dictionary<string, Tensor> PolicyPairs() => new() { ["chosen_logps"] = Vector(-0.4, -1.1), ["rejected_logps"] = Vector(-0.9, -0.7) };

    private static Dictionary<string, Tensor> Pairs() => new()
    {
        ["policy_chosen_logps"] = Vector(-3.1, -1.2),
        ["policy_rejected_logps"] = Vector(-2.4, -4.5),
        ["reference_chosen_logps"] = Vector(-3, -1.6),
        ["reference_rejected_logps"] = Vector(-2.2, -3.9),
        ["chosen_lengths"] = Vector(2, 4),
        ["rejected_lengths"] = Vector(3, 1),
    };

    private static Dictionary<string, Tensor> Labelled(bool withKl = true)
    {
        var inputs = new Dictionary<string, Tensor> { ["logps"] = Vector(Four), ["ref_logps"] = Vector(-3, -1.5, -2, -5), ["label"] = Vector(1, 0, 1, 0) };
        if (withKl)
        {
            inputs["kl"] = tensor(0.3);
        }

        return inputs;
    }

    private static Dictionary<string, Tensor> Group(bool reference = true)
    {
        var inputs = new Dictionary<string, Tensor> { ["per_token_logps"] = Table(1), ["old_per_token_logps"] = Table(1.05), ["advantages"] = Vector(0.5, -1), ["completion_mask"] = Mask() };
        if (reference)
        {
            inputs["ref_per_token_logps"] = Table(1.2);
        }

        return inputs;
    }

    private static Tensor Vector(params double[] values) => tensor(values);

    private static Tensor Table(double scale) => scale * tensor(new[] { -0.9, -1.3, -0.2, -2.1, -0.6, -0.35 }, [2, 3]);

    private static Tensor Mask() => tensor(new double[] { 1, 1, 1, 1, 1, 0 }, [2, 3]);
}
