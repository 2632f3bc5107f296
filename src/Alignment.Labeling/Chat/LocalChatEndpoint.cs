using System.Collections.Concurrent;
using Alignment.Core.Generation;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;

namespace Alignment.Labeling.Chat;

/// <summary>A model in this process. Requests that wait while it works are sampled side by side; an answer is a function of its request alone. The model and its tensors are used
/// on one thread only.</summary>
public sealed class LocalChatEndpoint : IChatEndpoint
{
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private readonly SamplingModel _model;
    private readonly TextTokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly LocalChatOptions _options;
    private readonly TokenBudget _budget;
    private readonly BlockingCollection<Waiting> _waiting = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly Thread _thread;

    /// <summary>Takes a model; it is disposed with the endpoint.</summary>
    /// <param name="model">Answers.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="template">Renders messages.</param>
    /// <param name="options">How it is asked.</param>
    /// <param name="budget">Counts what is spent.</param>
    public LocalChatEndpoint(SamplingModel model, TextTokenizer tokenizer, ChatTemplate template, LocalChatOptions options, TokenBudget budget)
    {
        (_model, _tokenizer, _template, _options, _budget) = (model, tokenizer, template, options, budget);
        _thread = new Thread(Work) { IsBackground = true, Name = "local model" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public string Model => _options.Model;

    /// <inheritdoc/>
    public async Task<ChatReply> AskAsync(ChatRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var prompt = Render(request);
        var room = _model.Config.ContextLength - prompt.Length;
        if (room < 1)
        {
            throw new ChatException(ChatFailure.Rejected, $"the request has {prompt.Length} tokens, the context of {Model} {_model.Config.ContextLength}");
        }

        using var held = await _budget.ReserveAsync(new TokenUsage(prompt.Length, Math.Min(request.MaxTokens, room)), cancellation).ConfigureAwait(false);
        var waiting = new Waiting(request, prompt, cancellation);
        _waiting.Add(waiting, cancellation);
        var answer = await waiting.Answer.Task.WaitAsync(cancellation).ConfigureAwait(false);
        var usage = new TokenUsage(prompt.Length, answer.Ids.Length);
        held.Settle(usage);
        return new ChatReply(_tokenizer.Decode(answer.Ids), answer.Finish == FinishReason.Length ? ChatFinish.Length : ChatFinish.Stop, usage);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _waiting.CompleteAdding();
        _thread.Join();
        _waiting.Dispose();
        _closing.Dispose();
        _model.Dispose();
    }

    private int[] Render(ChatRequest request)
    {
        try
        {
            var ids = _template.Render(_tokenizer, request.Messages, generationPrompt: true).Ids;
            return _options.Bos && _tokenizer.BosId is { } bos && (ids.Length == 0 || ids[0] != bos) ? [bos, .. ids] : ids;
        }
        catch (FormatException e)
        {
            throw new ChatException(ChatFailure.Refused, $"the chat template of {Model} cannot render the request: {e.Message}", inner: e);
        }
    }

    private void Work()
    {
        Waiting? next = null;
        while (next is not null || _waiting.TryTake(out next, Timeout.Infinite))
        {
            List<Waiting> batch = [next];
            next = null;
            while (batch.Count < _options.BatchSize && _waiting.TryTake(out var more, Gathering))
            {
                if (!more.SamplesLike(batch[0]))
                {
                    next = more;
                    break;
                }

                batch.Add(more);
            }

            Answer([.. batch.Where(one => !one.Cancellation.IsCancellationRequested)]);
        }
    }

    private void Answer(List<Waiting> batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        try
        {
            var request = batch[0].Request;
            var sampling = new SamplingOptions { MaxNewTokens = request.MaxTokens, Temperature = request.Temperature, TopP = request.TopP, StopIds = _options.StopIds };
            var answers = new TextGenerator(_model, sampling, _options.BatchSize).Generate([.. batch.Select(one => one.Prompt)], [.. batch.Select(one => one.Request.Seed ?? 0)], _closing.Token);
            foreach (var (waiting, answer) in batch.Zip(answers))
            {
                waiting.Answer.SetResult(answer);
            }
        }
        catch (Exception e)
        {
            // Whoever asked gets it; the thread goes on with the next request.
            batch.ForEach(waiting => waiting.Answer.TrySetException(e));
        }
    }

    private sealed record Waiting(ChatRequest Request, int[] Prompt, CancellationToken Cancellation)
    {
        public TaskCompletionSource<GeneratedSequence> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool SamplesLike(Waiting other) => (Request.MaxTokens, Request.Temperature, Request.TopP) == (other.Request.MaxTokens, other.Request.Temperature, other.Request.TopP);
    }
}
