using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Core.Lora;

namespace Alignment.Core.Models;

/// <summary>
/// Everything that decides a decoder's shape and arithmetic, read from and written to Hugging Face's <c>config.json</c>.
/// A family is this record with other values, not other code; <see cref="ModelFamilies"/> lists those that are known.
/// </summary>
public sealed record ModelConfig
{
    /// <summary>File name inside a model folder.</summary>
    public const string FileName = "config.json";

    private static readonly JsonSerializerOptions FileFormat = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The family, as <c>llama</c>; an error that lists all of them comes with any other.</summary>
    public required string ModelType { get; init; }

    /// <summary>V: rows of the embedding.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>D: width of the hidden states.</summary>
    public required int Width { get; init; }

    /// <summary>Width of the embedding and of what the output layer reads, where it is not <see cref="Width"/>.</summary>
    public int? EmbeddingWidth { get; init; }

    /// <summary>Embedded tokens are multiplied by √D.</summary>
    public bool ScaleEmbeddings { get; init; }

    /// <summary>L: decoder layers.</summary>
    public required int Layers { get; init; }

    /// <summary>H: query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>K: key and value heads; H must be a multiple of it.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Size of one head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Inner width of the feed-forward block.</summary>
    public required int InnerWidth { get; init; }

    /// <summary>
    /// <c>max_position_embeddings</c>: the longest sequence that the model was made for, in tokens, before some kinds of rotary scaling; learned
    /// positions cannot go beyond it. What users may ask for is <see cref="ContextLength"/>.
    /// </summary>
    public required int MaxPositions { get; init; }

    /// <summary>Normalisation of every block and of the output.</summary>
    public NormKind Norm { get; init; } = NormKind.Rms;

    /// <summary>Norms have weights; without them they only normalise, which layer norms can.</summary>
    public bool NormWeights { get; init; } = true;

    /// <summary>Where a layer's norms stand.</summary>
    public NormPlacement NormPlacement { get; init; } = NormPlacement.Before;

    /// <summary>Attention and feed-forward both see the layer's input, in place of one after the other.</summary>
    public bool ParallelBlocks { get; init; }

    /// <summary>The last layer's output is normalised.</summary>
    public bool FinalNorm { get; init; } = true;

    /// <summary>ε of the normalisation.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Rotary or learned positions.</summary>
    public PositionKind Positions { get; init; } = PositionKind.Rotary;

    /// <summary>The first position's row in the table of learned positions.</summary>
    public int PositionOffset { get; init; }

    /// <summary>Base of the rotary frequencies.</summary>
    public double RotaryBase { get; init; } = 10_000;

    /// <summary>The part of each head that is turned, above 0 and at most 1.</summary>
    public double RotaryShare { get; init; } = 1;

    /// <summary>Null = rotary positions as they are.</summary>
    public RotaryScaling? RotaryScaling { get; init; }

    /// <summary>Base of the rotary frequencies, without scaling, of layers with a window; null = those of the other layers.</summary>
    public double? LocalRotaryBase { get; init; }

    /// <summary>W: in some layers a query sees itself and the W − 1 tokens before it; null = no such layer.</summary>
    public int? Window { get; init; }

    /// <summary>For each layer, whether it has the window; empty without one.</summary>
    public ValueList<bool> WindowLayers { get; init; } = [];

    /// <summary>Nonlinearity of the feed-forward block.</summary>
    public ActivationKind Activation { get; init; } = ActivationKind.Silu;

    /// <summary>down(act(gate(x)) · up(x)) in place of down(act(up(x))).</summary>
    public bool GatedFeedForward { get; init; } = true;

    /// <summary>Query, key and value projections have biases.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>The attention's output projection has a bias; null = as <see cref="AttentionBias"/>.</summary>
    public bool? AttentionOutputBias { get; init; }

    /// <summary>Normalisation of queries and keys.</summary>
    public QueryKeyNorm QueryKeyNorm { get; init; }

    /// <summary>Feed-forward projections have biases.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>Scores are divided by √(head size), or by √<see cref="ScoreScalar"/>.</summary>
    public bool ScaleScores { get; init; } = true;

    /// <summary>What stands in the place of the head size there.</summary>
    public double? ScoreScalar { get; init; }

    /// <summary>c: scores become c · tanh(score / c) before the mask.</summary>
    public double? ScoreSoftCap { get; init; }

    /// <summary>c: logits become c · tanh(logit / c).</summary>
    public double? LogitSoftCap { get; init; }

    /// <summary>Scores of layer i are also divided by i + 1.</summary>
    public bool ScaleScoresByLayer { get; init; }

    /// <summary>The output layer is the token embedding; no <c>lm_head.weight</c> is stored.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>The output layer has a bias.</summary>
    public bool HeadBias { get; init; }

    /// <summary>Standard deviation of freshly drawn weights.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Dropout of the embedded tokens while training, a probability.</summary>
    public double EmbeddingDropout { get; init; }

    /// <summary>Dropout of the attention weights while training, a probability.</summary>
    public double AttentionDropout { get; init; }

    /// <summary>Dropout of each block's output while training, a probability.</summary>
    public double ResidualDropout { get; init; }

    /// <summary>Dropout before a classifier's output while training, a probability.</summary>
    public double HeadDropout { get; init; }

    /// <summary>Segments that an encoder tells apart (BERT's token types); 0 for decoders.</summary>
    public int Segments { get; init; }

    /// <summary>Start-of-sequence token.</summary>
    public int? BosId { get; init; }

    /// <summary>End-of-sequence tokens; usually one.</summary>
    public IReadOnlyList<int> EosIds { get; init; } = [];

    /// <summary>Padding token.</summary>
    public int? PadId { get; init; }

    /// <summary>The class named in the file, for instance <c>LlamaForCausalLM</c>; null when there is none.</summary>
    public string? Architecture { get; init; }

    /// <summary>The file that this was read from, kept so that keys that mean nothing here survive; null for a model made here.</summary>
    public JsonObject? Document { get; init; }

    /// <summary>Width of the embedding, of hidden states after the last layer and of what any head reads.</summary>
    public int TokenWidth => EmbeddingWidth ?? Width;

    /// <summary>The longest sequence that the model is good for, in tokens: <see cref="MaxPositions"/>, or more where rotary scaling reaches further.</summary>
    public int ContextLength
    {
        get
        {
            // Files of Gemma 3 state the scaled length, those with other linear or dynamic scaling the length before it.
            var reach = RotaryScaling switch
            {
                { Kind: RotaryKind.Linear or RotaryKind.Dynamic } scaling when LocalRotaryBase is null => MaxPositions * scaling.Factor,
                { Kind: RotaryKind.Yarn } scaling => scaling.OriginalPositions * scaling.Factor,
                _ => 0,
            };
            return Math.Max(MaxPositions, (int)Math.Min(reach, int.MaxValue));
        }
    }

    /// <summary>Elements of a head that are turned by its position, an even number.</summary>
    internal int RotarySize => (int)(HeadSize * RotaryShare);

    /// <summary>Whether the model reads a text as a whole (BERT) instead of token by token.</summary>
    public bool IsEncoder => Segments > 0;

    /// <summary>Whether the file is a classifier's or a reward model's.</summary>
    public bool IsClassifier => Architecture?.EndsWith("ForSequenceClassification", StringComparison.Ordinal) == true;

    /// <summary>The family's names and its mapping to <c>config.json</c>.</summary>
    internal ModelFamily Family => ModelFamilies.Find(ModelType, nameof(ModelType));

    /// <summary>Reads <c>config.json</c> of a model folder.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">Not JSON, an unknown family, or values that make no model; every problem is listed.</exception>
    public static ModelConfig Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            if (AdapterFolder.Is(folder))
            {
                return AdapterFolder.LoadConfig(folder);
            }

            throw new FileNotFoundException($"There is no {FileName} in '{folder}': not a model folder in Hugging Face layout.", path);
        }

        return Parse(File.ReadAllText(path), path);
    }

    /// <summary>Reads the text of a <c>config.json</c>; <paramref name="source"/> is named in errors.</summary>
    /// <exception cref="InvalidDataException">Not JSON, an unknown family, or values that make no model; every problem is listed.</exception>
    public static ModelConfig Parse(string json, string source)
    {
        JsonObject document;
        try
        {
            document = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new JsonException("the file is not an object");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{source}: not valid JSON: {error.Message}", error);
        }

        var reader = new ConfigReader(document, source);
        var type = reader.Text("model_type", null);
        if (type is null)
        {
            throw new InvalidDataException($"{source}: there is no 'model_type'. Supported: {ModelFamilies.Names}.");
        }

        var config = ModelFamilies.Find(type, source).Read(reader) with
        {
            ModelType = type,
            Architecture = reader.FirstText("architectures"),
            BosId = reader.OptionalId("bos_token_id"),
            EosIds = reader.Ids("eos_token_id"),
            PadId = reader.OptionalId("pad_token_id"),
            Document = document,
        };
        reader.Report([.. config.Problems()]);
        return config;
    }

    /// <summary>
    /// The <c>config.json</c> of this model: the document it was read from with what has changed since, or a fresh one.
    /// </summary>
    /// <param name="architecture">The class to name; the family's causal language model when left out.</param>
    /// <param name="more">Further keys to set.</param>
    public string ToJson(string? architecture = null, JsonObject? more = null)
    {
        var current = Written(this);
        current["architectures"] = new JsonArray(architecture ?? Family.CausalArchitecture);
        foreach (var (key, value) in more ?? [])
        {
            current[key] = value?.DeepClone();
        }

        if (Document is null)
        {
            return Format(current);
        }

        // A key is touched only when its meaning changed, so that a model that passes through keeps its file byte for byte.
        var document = (JsonObject)Document.DeepClone();
        var before = Written(Parse(Document.ToJsonString(), FileName));
        foreach (var key in (more ?? []).Select(pair => pair.Key).Append("architectures"))
        {
            before[key] = document[key]?.DeepClone();
        }

        foreach (var (key, value) in current)
        {
            if (!JsonNode.DeepEquals(value, before[key]))
            {
                document[key] = value?.DeepClone();
            }
        }

        return Format(document);
    }

    /// <summary>What is wrong with these values, one sentence each; empty when a model can be built.</summary>
    public IEnumerable<string> Problems() => ModelConfigProblems.Of(this);

    /// <summary>The JSON style of Hugging Face's files.</summary>
    internal static string Format(JsonObject json) => json.ToJsonString(FileFormat) + "\n";

    /// <summary>Whether a layer has the window.</summary>
    internal bool HasWindow(int layer) => Window is not null && WindowLayers[layer];

    private static JsonObject Written(ModelConfig config)
    {
        var json = new JsonObject { ["model_type"] = config.ModelType };
        config.Family.Write(config, json);
        json["bos_token_id"] = config.BosId;
        json["eos_token_id"] = config.EosIds.Count switch
        {
            0 => null,
            1 => config.EosIds[0],
            _ => new JsonArray([.. config.EosIds.Select(id => (JsonNode)id)]),
        };
        json["pad_token_id"] = config.PadId;
        return json;
    }
}
