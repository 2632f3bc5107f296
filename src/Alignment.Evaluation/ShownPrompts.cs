namespace Alignment.Evaluation;

/// <summary>The prompts whose responses the reports show side by side.</summary>
internal static class ShownPrompts
{
    private const int Count = 3;

    /// <summary>A few prompts from all over the list, each with the first response of every model.</summary>
    public static IEnumerable<(string Prompt, IReadOnlyList<(ModelScores Model, int Response)> Responses)> Of(
        EvaluationInputs inputs, IReadOnlyList<ModelScores> models, EvaluationOptions options)
    {
        var shown = Math.Min(Count, inputs.Prompts.Count);
        for (var i = 0; i < shown; i++)
        {
            var place = i * inputs.Prompts.Count / shown;
            yield return (inputs.Prompts[place].Text, [.. models.Select(model => (model, place * options.Samples))]);
        }
    }
}
