using Alignment.Core.Models;
using Alignment.Data.Rows;
using Alignment.Tests;

namespace Alignment.Sft.Tests;

/// <summary>The stages' micro-batches where nothing can be read, as a GPU should not be.</summary>
public sealed class MetaStepTests
{
    private static readonly ModelConfig Config = MetaDevice.Config with { AttentionDropout = 0.1 };

    private const string Bert = """
        {"model_type":"bert","vocab_size":32,"hidden_size":16,"intermediate_size":24,"num_hidden_layers":2,"num_attention_heads":2,"max_position_embeddings":16,"type_vocab_size":2,"hidden_act":"gelu"}
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sft_ReadsNothingBack(bool packed)
    {
        TokenExample[] rows = [new("a:1", [5, 6, 7, 8, 3], [false, false, true, true, true]) { Starts = packed ? [0, 3] : null }, new("a:2", [9, 10, 3], [false, true, true])];
        using var model = MetaDevice.CausalLm(Config);
        model.train();
        using var step = new MetaStep(model);
        var stage = new SftStage(new SftOptions { Train = ["a"] }, null!, model, rows, null, [], padId: 0);

        step.Run(metrics => stage.Loss([0, 1], metrics));
    }

    [Theory]
    [InlineData(ProblemType.SingleLabel, false)]
    [InlineData(ProblemType.MultiLabel, false)]
    [InlineData(ProblemType.Regression, false)]
    [InlineData(ProblemType.SingleLabel, true)]
    public void Classification_ReadsNothingBack(ProblemType problem, bool encoder)
    {
        var config = encoder ? ModelConfig.Parse(Bert, "here") : Config;
        LabelledExample[] rows = [new("a:1", [5, 6, 7, 3], [0, 0, 1, 1], problem == ProblemType.SingleLabel ? [1] : [1, 0]), new("a:2", [9, 3], [0, 0], problem == ProblemType.SingleLabel ? [0] : [0, 1])];
        using var model = MetaDevice.Classifier(config, LabelSet.Numbered(2, problem));
        model.train();
        using var step = new MetaStep(model);
        var stage = new ClassificationStage(new SftOptions { Train = ["a"] }, null!, model, rows, []);

        step.Run(metrics => stage.Loss([0, 1], metrics));
    }
}
