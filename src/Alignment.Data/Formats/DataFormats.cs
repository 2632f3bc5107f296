using System.Text.Json.Nodes;
using Alignment.Data.Formats.Public;
using Alignment.Data.Formats.Trl;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats;

/// <summary>Every format, and which one some rows have.</summary>
public static class DataFormats
{
    /// <summary>TRL's types. A row that fits several is the first of those that are accepted.</summary>
    internal static IReadOnlyList<DataFormat> Trl { get; } =
    [
        new TrlPreferenceFormat(),
        new TrlImplicitPreferenceFormat(),
        new TrlUnpairedFormat(),
        new TrlStepwiseFormat(),
        new TrlPromptCompletionFormat(),
        new TrlMessagesFormat(),
        new TrlTextFormat(),
        new TrlPromptFormat(),
    ];

    /// <summary>All formats, those with the more telling columns first: a row has the first format that recognises it.</summary>
    public static IReadOnlyList<DataFormat> All { get; } =
    [
        new OpenAiPreferenceFormat(),
        new NemoFormat(),
        new ProFormat(),
        new OasstFormat(),
        new LabelStudioFormat(),
        new FineGrainedFormat(),
        new NaturalInstructionsFormat(),
        new SelfInstructFormat(),
        new PandaLmFormat(),
        new LlmBarFormat(),
        new UltraFeedbackFormat(),
        new LlamaFactoryV1Format(),
        new HhRlhfFormat(),
        new ShareGptFormat(),
        new OpenAiChatFormat(),
        new AlpacaFormat(),
        new Gsm8kFormat(),
        new IfEvalFormat(),
        new MtBenchFormat(),
        new RatingsFormat(),
        new PairColumnsFormat(),
        .. Trl,
        new ClassificationFormat(),
    ];

    /// <summary>The format of that name; null where there is none.</summary>
    /// <param name="name">The name.</param>
    public static DataFormat? Named(string name) => All.FirstOrDefault(format => format.Name == name);

    /// <summary>The format that most of some rows have; of several the first.</summary>
    /// <param name="rows">The first rows of a file.</param>
    /// <returns>The format, why, and how many of the rows have it; null where not even half of them have one in common.</returns>
    public static DetectedFormat? Detect(IReadOnlyList<JsonObject> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        DetectedFormat? best = null;
        foreach (var format in All)
        {
            var reasons = rows.Select(format.Recognise).OfType<string>().ToList();
            if (reasons.Count * 2 > rows.Count && reasons.Count > (best?.Rows ?? 0))
            {
                best = new DetectedFormat(format, reasons[0], reasons.Count, rows.Count);
            }
        }

        return best;
    }

    /// <summary>The type of a row.</summary>
    /// <param name="row">The row.</param>
    public static RowTypes TypeOf(DataRow row) => row switch
    {
        TextRow => RowTypes.Text,
        MessagesRow => RowTypes.Messages,
        PromptCompletionRow => RowTypes.PromptCompletion,
        PreferenceRow => RowTypes.Preference,
        UnpairedRow => RowTypes.Unpaired,
        StepwiseRow => RowTypes.Stepwise,
        RankedRow => RowTypes.Ranked,
        _ => RowTypes.Prompt,
    };
}
