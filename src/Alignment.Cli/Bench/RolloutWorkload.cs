using Alignment.Core.Checkpoints;
using Alignment.Core.Generation;

namespace Alignment.Cli.Bench;

/// <summary>Responses of a fixed length to random prompts of one length, on random weights: the work of the baseline script of that name.</summary>
internal static class RolloutWorkload
{
    private const long Seed = 1;

    /// <param name="options">Length is that of prompt and response together; Group responses are drawn to each prompt.</param>
    public static BenchWorkload Create(BenchOptions options)
    {
        var config = BenchShape.Parse(options.Shape);
        var model = ModelFolder.CreateForSampling(config, Seed, options.Type);
        var random = new Random((int)Seed);
        var starts = Enumerable.Range(0, options.Batch).Select(_ => Enumerable.Range(0, options.Prompt).Select(_ => random.Next(1, config.VocabularySize)).ToArray());
        int[][] prompts = [.. starts.SelectMany(start => Enumerable.Repeat(start, options.Group))];
        var (rows, fresh) = (prompts.Length, options.Length - options.Prompt);
        var generator = new TextGenerator(model, new SamplingOptions { MaxNewTokens = fresh });
        var round = 0L;
        return new BenchWorkload(
            $"rollout {options.Shape} B{options.Batch}{(options.Group > 1 ? $"x{options.Group}" : "")} P{options.Prompt} N{fresh}",
            () => generator.Generate(prompts, [.. Enumerable.Range(0, rows).Select(row => (round++ * rows) + row)]),
            (long)rows * fresh,
            BenchShape.ForwardFlops(config, (long)rows * options.Prompt, options.Prompt)
                + Enumerable.Range(0, fresh - 1).Sum(step => BenchShape.ForwardFlops(config, rows, options.Prompt + step)),
            model);
    }
}
