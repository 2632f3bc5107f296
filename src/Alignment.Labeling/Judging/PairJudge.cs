using System.Security.Cryptography;
using System.Text.Json;
using Alignment.Data.Rows;
using Alignment.Labeling.Chat;
using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Judging;

/// <summary>Asks about two candidates in both orders, out of the journal where it was asked before.</summary>
internal sealed class PairJudge(IChatEndpoint endpoint, JudgeJournal journal, JudgeSettings settings, TimeProvider clock, JudgeTally tally)
{
    private readonly JudgePrompt _prompt = new(settings, journal.Secret);
    private readonly ChatSchema _schema = JudgeAnswers.Schema(settings);

    /// <summary>Asks.</summary>
    /// <param name="task">The task.</param>
    /// <param name="low">The candidate with the lower number.</param>
    /// <param name="high">The other one.</param>
    /// <param name="used">Takes every answer that was used.</param>
    /// <param name="stop">Nothing new is sent once it is set.</param>
    /// <param name="abort">Ends requests that were sent.</param>
    /// <returns>Null when one of the orders has no verdict.</returns>
    public async Task<PairVerdict?> JudgeAsync(LabelTask task, int low, int high, List<JudgeReply> used, CancellationToken stop, CancellationToken abort)
    {
        var forward = await OrderAsync(task, low, high, used, stop, abort).ConfigureAwait(false);
        var backward = await OrderAsync(task, high, low, used, stop, abort).ConfigureAwait(false);
        return forward is null || backward is null ? null : Consensus.OfOrders(low, high, forward, backward);
    }

    private async Task<JudgeAnswer?> OrderAsync(LabelTask task, int first, int second, List<JudgeReply> used, CancellationToken stop, CancellationToken abort)
    {
        List<JudgeAnswer> answers = [];
        for (var sample = 0; sample < settings.Samples; sample++)
        {
            if (await AskAsync(new JudgeQuestion(task, first, second, sample), used, stop, abort).ConfigureAwait(false) is { } answer)
            {
                answers.Add(answer);
            }
        }

        return answers.Count == 0 ? null : Consensus.OfSamples(answers, settings.Aggregate, Math.Min(first, second), Math.Max(first, second));
    }

    private async Task<JudgeAnswer?> AskAsync(JudgeQuestion question, List<JudgeReply> used, CancellationToken stop, CancellationToken abort)
    {
        var messages = _prompt.Ask(question);
        var reply = await ReplyAsync(question, 0, messages, used, stop, abort).ConfigureAwait(false);
        if (JudgeAnswers.Read(reply.Text, question, settings, out var problem) is { } answer)
        {
            return answer;
        }

        tally.Repairs.Add();
        var cut = reply.Finish == ChatFinish.Length ? "it was cut off at the limit of tokens" : problem!;
        var again = await ReplyAsync(question, 1, _prompt.AskAgain(messages, reply.Text, cut), used, stop, abort).ConfigureAwait(false);
        if (JudgeAnswers.Read(again.Text, question, settings, out problem) is { } repaired)
        {
            return repaired;
        }

        tally.Unparsable.Add();
        return null;
    }

    private async Task<JudgeReply> ReplyAsync(JudgeQuestion question, int turn, IReadOnlyList<Message> messages, List<JudgeReply> used, CancellationToken stop, CancellationToken abort)
    {
        var request = new ChatRequest(messages) { MaxTokens = settings.MaxTokens, Temperature = settings.Temperature, Seed = question.Seed(settings.Seed), Schema = _schema };
        var prompt = Hash(question, request);
        if (journal.Find(prompt) is { } known)
        {
            tally.Known.Add();
            used.Add(known);
            return known;
        }

        stop.ThrowIfCancellationRequested();
        var answer = await endpoint.AskAsync(request, abort).ConfigureAwait(false);
        var reply = new JudgeReply(question.Task.Id, [question.First, question.Second], question.Sample, turn, prompt, answer.Text, answer.Finish, answer.Usage, clock.GetUtcNow());
        await journal.AddAsync(reply).ConfigureAwait(false);
        tally.Asked.Add();
        used.Add(reply);
        return reply;
    }

    private static string Hash(JudgeQuestion question, ChatRequest request) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new
    {
        question.Key,
        Messages = request.Messages.Select(message => new { message.Role, message.Content }),
        request.MaxTokens,
        request.Temperature,
        request.Seed,
    })));
}
