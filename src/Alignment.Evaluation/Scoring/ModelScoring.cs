using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Data.Formats;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using static TorchSharp.torch;

namespace Alignment.Evaluation.Scoring;

/// <summary>What a model thinks of given text: every row of a file, one line of scores each.</summary>
public static class ModelScoring
{
    /// <summary>Reads and checks every row, then scores them in order. <c>TorchRuntime.Initialize</c> comes first.</summary>
    /// <param name="settings">Model, rows, what is wanted.</param>
    /// <param name="output">Takes the lines.</param>
    /// <param name="cancel">Checked before each row.</param>
    /// <exception cref="FormatException">A row cannot be scored (<see cref="Data.DataFormatException"/>); nothing was written.</exception>
    /// <exception cref="InvalidDataException">The model folder cannot be used, or the model's numbers are not finite.</exception>
    /// <exception cref="IOException">Model, rows or tokenizer are missing.</exception>
    public static void Run(ScoreSettings settings, Stream output, CancellationToken cancel = default)
    {
        var config = ModelConfig.Load(settings.Model);
        if (config.IsClassifier && settings.Greedy > 0)
        {
            throw new InvalidDataException($"{settings.Model}: a {config.Architecture} has no next token; leave --greedy out.");
        }

        var rows = Read(settings, config);
        using var scorer = Load(settings, config);
        var lines = new ScoreLines(output, settings);
        foreach (var row in rows)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            lines.Write(row, scorer.Score(row));
        }
    }

    private static IReadOnlyList<ScoreRow> Read(ScoreSettings settings, ModelConfig config)
    {
        var labels = config.IsClassifier ? LabelSet.Of(config) : null;
        return new ScoreRowReader(new ScoreRowOptions
        {
            Tokenizer = () => Tokenizer(settings.Model, config),
            VocabularySize = config.VocabularySize,
            MaxLength = config.Positions == PositionKind.Learned ? config.MaxPositions : null,
            Segments = config.Segments,
            Classes = labels?.Count,
            HasLabelPerClass = labels?.IsIndex == false,
            Template = settings.Template,
            AddBos = settings.AddBos,
        }).Read(settings.Input);
    }

    private static TextTokenizer Tokenizer(string folder, ModelConfig config)
    {
        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain(folder));
        VocabularyContract.Check(config, tokenizer.VocabularySize, folder);
        return tokenizer;
    }

    private static IRowScorer Load(ScoreSettings settings, ModelConfig config)
    {
        // For gradients an adapter stays apart, and everything has them, what training would freeze too.
        var keys = settings.GradNorms && AdapterFolder.Is(settings.Model) ? AdapterFolder.Keys(settings.Model) : new HashSet<string>();
        return config.IsClassifier
            ? new ClassifierScorer(Ready(ModelFolder.LoadClassifier(settings.Model, settings.Device, settings.ComputeType, liveAdapter: settings.GradNorms)), settings, keys)
            : new LanguageModelScorer(Ready(ModelFolder.LoadCausalLm(settings.Model, settings.Device, settings.ComputeType, liveAdapter: settings.GradNorms)), settings, keys);

        T Ready<T>(T model) where T : nn.Module
        {
            foreach (var parameter in settings.GradNorms ? model.parameters() : [])
            {
                parameter.requires_grad = true;
            }

            return model;
        }
    }
}
