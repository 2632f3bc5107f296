using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Collation;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Training.Loops;

namespace Alignment.Labeling.Sampling;

/// <summary>Rewards of a pool's answers, for choosing the pairs that are worth a person's time.</summary>
public static class PoolScorer
{
    /// <summary>Adds the normalised rewards of one model to each prompt with two or more answers.</summary>
    /// <param name="folder">The reward model's folder.</param>
    /// <param name="pool">The answers.</param>
    /// <param name="run">Template, device and so on; of the model that was trained on answers like these.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <param name="aggregation">How the heads of the model are put together; null: as its folder says.</param>
    /// <param name="models">How many reward models there are.</param>
    /// <exception cref="InvalidDataException">The folder holds no reward model.</exception>
    public static void Score(string folder, CandidatePool pool, ModelRun run, CancellationToken cancellation = default, RewardAggregation? aggregation = null, int models = 1)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(run);
        RewardModelFolder.Check(folder, "reward model");

        var options = new ExampleOptions { Tokenizer = TextTokenizer.Load(AdapterFolder.Chain(folder)), MaxLength = int.MaxValue, Template = run.Template, AddBos = run.Bos };
        var prompts = pool.Prompts.Where(prompt => prompt.Candidates.Count >= 2).ToList();

        // Pairs of the first answer and each other one give the ids of all of them, by the same way as in training.
        var rows = prompts.SelectMany((prompt, i) => prompt.Candidates.Skip(1).Select((other, j) =>
            new PreferenceRow(prompt.Prompt, Answer(prompt, prompt.Candidates[0].Text), Answer(prompt, other.Text)) { Id = $"prompt {i}, candidates 0 and {j + 1}" }));
        var pairs = new Queue<PreferenceExample>(PreferenceExamples.Build(rows, options).Examples);
        List<PromptedResponse> responses = [];
        foreach (var prompt in prompts)
        {
            for (var i = 1; i < prompt.Candidates.Count; i++)
            {
                var pair = pairs.Dequeue();
                if (i == 1)
                {
                    responses.Add(new(pair.Prompt, pair.Chosen));
                }

                responses.Add(new(pair.Prompt, pair.Rejected));
            }
        }

        using var model = RewardModelFolder.Load(folder, "reward model", aggregation, models, Devices.Parse(run.Device), run.Dtype.ToScalarType());
        double[] rewards = [.. ResponseScores.Rewards(model, responses, run.BatchSize, cancellation).Select(reward => (reward - model.RewardMean) / model.RewardStd)];
        var next = 0;
        foreach (var prompt in prompts)
        {
            prompt.Rewards.Add(rewards[next..(next += prompt.Candidates.Count)]);
        }
    }

    private static Content Answer(PromptPool prompt, string text) =>
        prompt.Prompt is ChatContent ? new Message[] { new(Message.Assistant, text) } : text;
}
