namespace Alignment.Sampling;

/// <summary>What a sampling stage can write; each is a file <c>NAME.jsonl</c> of its output.</summary>
public enum SampleFile
{
    /// <summary>Every response with its score.</summary>
    All,

    /// <summary>The best response to each prompt, for supervised fine-tuning.</summary>
    BestOfN,

    /// <summary>Responses above a threshold, for supervised fine-tuning.</summary>
    Rejection,

    /// <summary>A better and a worse response to one prompt, for preference learning.</summary>
    Pairs,

    /// <summary>The data's own completion against the model's response, for self-play.</summary>
    Spin,
}
