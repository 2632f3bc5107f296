using Alignment.Data.Rows;

namespace Alignment.Sampling;

/// <summary>A prompt and the responses to it.</summary>
/// <param name="Source">The row.</param>
/// <param name="Responses">In the order in which they were drawn.</param>
internal sealed record SampleGroup(SourcePrompt Source, IReadOnlyList<SampledResponse> Responses)
{
    /// <summary>Responses to learn from: those that have text and, unless cut ones are wanted, ended; of equal texts the best, then the first.</summary>
    /// <param name="keepCut">Whether cut ones count.</param>
    public IReadOnlyList<SampledResponse> Usable(bool keepCut) =>
    [
        .. Responses.Where(response => (response.Ended || keepCut) && !string.IsNullOrWhiteSpace(response.Text))
            .GroupBy(response => response.Text, StringComparer.Ordinal)
            .Select(equal => equal.MaxBy(response => response.Score ?? 0)!),
    ];

    /// <summary>A response as the content of a row: text for a prompt that is text, else a message of the assistant.</summary>
    /// <param name="response">One of the responses.</param>
    public Content ContentOf(SampledResponse response) =>
        Source.Prompt is ChatContent ? (Message[])[new Message(Message.Assistant, response.Text)] : response.Text;
}
