using Alignment.Core.Checkpoints;
using Alignment.Core.Numerics;
using Alignment.Data.Rows;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;
using Alignment.Labeling.Chat;
using Alignment.Labeling.Judging;
using Alignment.Labeling.Store;
using TorchSharp;

namespace Alignment.Labeling.Tests.Chat;

/// <summary>A real model of 260 thousand parameters that tells stories whatever it is asked.</summary>
public sealed class LocalChatEndpointTests : IDisposable
{
    private static readonly string Model = Path.Combine(AppContext.BaseDirectory, "Fixtures", "stories260K");

    private readonly TemporaryFolder _folder = new();

    static LocalChatEndpointTests() => TorchRuntime.Initialize();

    public void Dispose() => _folder.Dispose();

    private static LocalChatEndpoint Endpoint(TokenBudget? budget = null, int batchSize = 4) => new(
        ModelFolder.LoadForSampling(Model, Devices.Parse("cpu"), torch.ScalarType.Float32), TextTokenizer.Load(Model), ChatTemplate.Named("alpaca"),
        new LocalChatOptions { Model = "stories", StopIds = ModelFolder.StopIds(Model), Bos = true, BatchSize = batchSize }, budget ?? new TokenBudget(new BudgetLimits()));

    private static ChatRequest Ask(string text, long seed) => new([new Message(Message.User, text)]) { MaxTokens = 6, Temperature = 1, Seed = seed };

    [Fact]
    public async Task AnAnswer_IsAFunctionOfItsRequest_WhoeverAsksBesides()
    {
        await using var endpoint = Endpoint();
        var alone = await endpoint.AskAsync(Ask("One day", 3));
        (alone.Finish, alone.Usage.Completion, alone.Usage.Estimated).ShouldBe((ChatFinish.Length, 6, false));
        var together = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => endpoint.AskAsync(Ask(i == 2 ? "One day" : $"The cat {i}", i == 2 ? 3 : i))));
        together[2].ShouldBe(alone);
        together.Select(reply => reply.Text).Distinct().Count().ShouldBeGreaterThan(3);
        (await endpoint.AskAsync(Ask("One day", 4) with { MaxTokens = 3 })).Usage.Completion.ShouldBe(3);
    }

    [Fact]
    public async Task WhatIsTooLong_IsRejected_AndTheBudgetHolds()
    {
        var budget = new TokenBudget(new BudgetLimits { MaxTokens = 400 });
        await using var endpoint = Endpoint(budget);
        (await Should.ThrowAsync<ChatException>(() => endpoint.AskAsync(Ask(string.Concat(Enumerable.Repeat("word ", 2000)), 1)))).Failure.ShouldBe(ChatFailure.Rejected);
        await Should.ThrowAsync<BudgetExhaustedException>(async () =>
        {
            while (true)
            {
                await endpoint.AskAsync(Ask("One day", 1));
            }
        });
        budget.Spent.Total.ShouldBeInRange(1, 400);
    }

    [Fact]
    public async Task AStoryTeller_IsNoJudge_AndThatIsSaid()
    {
        await using var store = FolderLabelStore.Create(_folder.File("project"), new LabelProject { Name = "p", Seed = 1 });
        await store.AddTasksAsync([Made.Task("t0"), Made.Task("t1") with { Prompt = string.Concat(Enumerable.Repeat("long ", 2000)) }]);
        var settings = new JudgeSettings { Name = "judge:stories", Model = "stories", MaxTokens = 4, Rubric = "r", SystemMessage = false };
        await using var journal = JudgeJournal.Open(_folder.File("judge.jsonl"), settings);
        await using var endpoint = Endpoint();
        var run = new JudgeRun(store, endpoint, journal, settings);
        var outcome = await run.RunAsync(await run.PlanAsync(), 2);
        (outcome.Stop, outcome.Votes.Count).ShouldBe((JudgeStop.Done, 0));
        outcome.Problems.Count.ShouldBe(2);
        outcome.Problems[1].Reason.ShouldContain("the context of stories");
    }
}
