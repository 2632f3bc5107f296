using Alignment.Core.Checkpoints;
using Alignment.Core.Numerics;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Labeling.Sampling;
using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Tests.Sampling;

/// <summary>Sampling from a real trained model of 260 thousand parameters, and scoring with reward heads on it.</summary>
public sealed class ModelTests : IDisposable
{
    private static readonly string Model = Path.Combine(AppContext.BaseDirectory, "Fixtures", "stories260K");
    private static readonly ModelRun Run = new() { Bos = true, Sampling = new() { MaxNewTokens = 8 } };

    private readonly TemporaryFolder _folder = new();

    // Not in a module initializer: Program, the process that tests kill, needs no torch.
    static ModelTests() => TorchRuntime.Initialize();

    public void Dispose() => _folder.Dispose();

    private static CandidatePool Sample(string name, long seed)
    {
        var pool = new CandidatePool();
        PromptRow[] prompts = [new("One day") { Id = "1", Columns = new() { ["prompt"] = "One day", ["answer"] = "x" } }, new("The cat") { Id = "2" }];
        new CandidateSampler(Run, seed).Sample(name, Model, prompts, 3, pool);
        return pool;
    }

    private string RewardModel(long seed)
    {
        using var model = ModelFolder.LoadScalarHead(Model, seed);
        var folder = _folder.File($"reward-{seed}");
        ModelFolder.Save(model, folder, new SaveOptions { CopyTokenizer = TextTokenizer.Load(Model).CopyTo });
        return folder;
    }

    [Fact]
    public void Sample_IsAFunctionOfSeedAndName_AndKeepsTheFacts()
    {
        string[] Texts(CandidatePool pool) => [.. pool.Prompts.SelectMany(prompt => prompt.Candidates).Select(candidate => candidate.Text)];
        var pool = Sample("a", 1);
        Texts(pool).ShouldBe(Texts(Sample("a", 1)));
        Texts(pool).ShouldNotBe(Texts(Sample("b", 1)));
        var first = pool.Prompts[0].Candidates[0];
        (first.Model, first.Sampling!.Tokens, first.Sampling.Finish).ShouldBe(("a", 8, "length"));
        pool.Prompts[0].Meta!.Select(pair => pair.Key).ShouldBe(["answer"]);
    }

    [Fact]
    public void Score_GivesEachAnswerItsOwnReward()
    {
        var pool = Sample("a", 1);
        pool.Add("alone", new Candidate("one answer"));
        var turned = new CandidatePool();
        foreach (var prompt in pool.Prompts)
        {
            foreach (var candidate in prompt.Candidates.AsEnumerable().Reverse())
            {
                turned.Add(prompt.Prompt, candidate);
            }
        }

        var model = RewardModel(5);
        PoolScorer.Score(model, pool, Run);
        PoolScorer.Score(model, turned, Run);
        for (var i = 0; i < 2; i++)
        {
            pool.Prompts[i].Rewards[0].Distinct().Count().ShouldBe(pool.Prompts[i].Candidates.Count);
            turned.Prompts[i].Rewards[0].Reverse().ToArray().ShouldBe(pool.Prompts[i].Rewards[0], 1e-5);
        }

        pool.Prompts[2].Rewards.ShouldBeEmpty();
        TaskSelection.Make(pool, [], new() { Select = SelectionKind.Margin, GoldShare = 0 }).Count.ShouldBe(2);
        Should.Throw<InvalidDataException>(() => PoolScorer.Score(Model, pool, Run)).Message.ShouldContain("which scores nothing");
    }
}
