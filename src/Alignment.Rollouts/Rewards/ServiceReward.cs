using Alignment.Data.Tokenization;
using Alignment.Rollouts.Rewards.Services;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Serilog;

namespace Alignment.Rollouts.Rewards;

/// <summary>A command or an HTTP endpoint. What it has scored once is not asked again; what fails is tried again, and is never made up.</summary>
public sealed class ServiceReward : IRewardSource
{
    private const int Named = 5;

    private readonly IRewardService _service;
    private readonly RewardServiceOptions _options;
    private readonly TextTokenizer _tokenizer;
    private readonly RewardCache _cache;
    private readonly ResiliencePipeline<double[]> _pipeline;

    /// <summary>Opens the cache.</summary>
    /// <param name="service">Disposed with this.</param>
    /// <param name="options">Batches, tries, cache.</param>
    /// <param name="tokenizer">Turns responses into text, without special tokens.</param>
    /// <param name="log">Told what is tried again.</param>
    public ServiceReward(IRewardService service, RewardServiceOptions options, TextTokenizer tokenizer, ILogger log)
    {
        (_service, _options, _tokenizer) = (service, options, tokenizer);
        _cache = new RewardCache(options.Cache, service.Identity);
        _pipeline = RewardPipeline.Of(options, (reason, wait) => log.Warning("{Service}: {Reason}; trying again in {Seconds:0.0} s", service.Name, reason, wait.TotalSeconds));
    }

    /// <inheritdoc/>
    public int? ContextLength => null;

    /// <inheritdoc/>
    /// <exception cref="RewardUnavailableException">Some responses have no score after all tries; the others' scores are kept.</exception>
    public RewardScores Score(IReadOnlyList<Rollout> rollouts, IReadOnlyList<int[]> microBatches, CancellationToken cancel = default) =>
        new([new RewardTerm(_service is HttpRewardService ? "reward_url" : "reward_command", 1, Score(
            [.. rollouts.Select(rollout => new RewardItem(rollout.Prompt.Text, _tokenizer.Decode(rollout.Response), rollout.Prompt.Columns, rollout.Prompt.RowId))], cancel))]);

    /// <summary>A score of each response.</summary>
    /// <param name="items">The responses; equal ones are asked for once.</param>
    /// <param name="cancel">Ends waiting and trying.</param>
    /// <exception cref="RewardUnavailableException">See above.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public double[] Score(IReadOnlyList<RewardItem> items, CancellationToken cancel)
    {
        string[] keys = [.. items.Select(_cache.Key)];
        int[] asked = [.. Enumerable.Range(0, items.Count).Where(i => _cache.Find(keys[i]) is null).DistinctBy(i => keys[i])];
        var failed = new SortedDictionary<int, string>();
        System.Threading.Tasks.Parallel.ForEachAsync(
            asked.Chunk(_options.BatchSize), new ParallelOptions { MaxDegreeOfParallelism = _service.Parallel, CancellationToken = cancel },
            async (rows, token) =>
            {
                try
                {
                    var scores = await _pipeline.ExecuteAsync(async inner => await _service.ScoreAsync([.. rows.Select(row => items[row])], inner).ConfigureAwait(false), token).ConfigureAwait(false);
                    _cache.Keep(rows.Zip(scores, (row, score) => (keys[row], score)));
                }
                catch (Exception e) when (e is RewardServiceException or TimeoutRejectedException or BrokenCircuitException)
                {
                    lock (failed)
                    {
                        foreach (var row in rows)
                        {
                            failed[row] = RewardPipeline.Reason(e, _options);
                        }
                    }
                }
            }).GetAwaiter().GetResult();
        return failed.Count == 0 ? [.. keys.Select(key => _cache.Find(key)!.Value)] : throw Unavailable(items, failed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _service.Dispose();
        _cache.Dispose();
    }

    private RewardUnavailableException Unavailable(IReadOnlyList<RewardItem> items, SortedDictionary<int, string> failed)
    {
        string[] rows = [.. failed.Keys.Select(row => items[row].RowId).Distinct()];
        var named = string.Join(", ", rows.Take(Named)) + (rows.Length > Named ? $" and {rows.Length - Named} more" : "");
        return new RewardUnavailableException($"{_service.Name} gave no score for {failed.Count} responses after {_options.Retries + 1} tries: {failed.Values.First()}. They answer {named}");
    }
}
