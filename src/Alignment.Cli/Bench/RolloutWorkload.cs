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
        var model = ModelFolder.CreateForSampling(config, Seed, options.Device, options.Type);
        var random = new Random((int)Seed);
        var starts = Enumerable.Range(0, options.Batch).Select(_ => Enumerable.Range(0, options.Prompt).Select(_ => random.Next(1, config.VocabularySize)).ToArray());
        int[][] prompts = [.. starts.SelectMany(start => Enumerable.Repeat(start, options.Group))];
        var (rows, fresh) = (prompts.Length, options.Length - options.Prompt);
        // Ragged: random weights draw every token alike, so that one id in so many ends every second response before its middle.
        int[] stops = options.Ragged ? [.. Enumerable.Range(0, (int)Math.Ceiling(config.VocabularySize * 2 * Math.Log(2) / fresh))] : [];
        var generator = new TextGenerator(model, new SamplingOptions { MaxNewTokens = fresh, StopIds = stops }, options.Slots);
        var first = new TextGenerator(model, new SamplingOptions { MaxNewTokens = 1 }, options.Slots);
        var round = 0L;
        var drawn = options.Ragged ? Sample(generator) : null; // the same responses each time, whose tokens are counted
        var tokens = drawn?.Sum(response => (long)response.Ids.Length) ?? (long)rows * fresh;
        return new BenchWorkload(
            $"rollout {options.Shape} B{options.Batch}{(options.Group > 1 ? $"x{options.Group}" : "")} P{options.Prompt} N{fresh}{(options.Ragged ? " ragged" : "")}",
            () => Sample(generator),
            tokens,
            BenchShape.ForwardFlops(config, (long)rows * options.Prompt, options.Prompt)
                + (drawn is null
                    ? Enumerable.Range(0, fresh - 1).Sum(step => BenchShape.ForwardFlops(config, rows, options.Prompt + step))
                    : drawn.Sum(response => Enumerable.Range(0, response.Ids.Length - 1).Sum(step => BenchShape.ForwardFlops(config, 1, options.Prompt + step)))),
            model)
        {
            Decoding = tokens > rows ? (() => Sample(first), tokens - rows) : null,
        };

        GeneratedSequence[] Sample(TextGenerator sampler)
        {
            var seed = options.Ragged ? 0 : round++ * rows;
            return sampler.Generate(prompts, [.. Enumerable.Range(0, rows).Select(row => seed + row)]);
        }
    }
}
