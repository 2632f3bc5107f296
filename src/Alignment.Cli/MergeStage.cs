using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Data.Tokenization;
using Alignment.Rollouts;
using Alignment.Rollouts.Averaging;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;

namespace Alignment.Cli;

/// <summary>The stage that makes one policy of several (docs/algorithms/ppo.md, "Averages of policies").</summary>
internal static class MergeStage
{
    public const string Description = "merges policies that began alike into one (WARP)";

    public static int Start(string[] args) => StageProgram.Run<MergeOptions>(StageKinds.Merge, args, Run, Description);

    private static int Run(StageInvocation<MergeOptions> invocation)
    {
        using var session = StageSession.Begin(invocation);
        if (session.IsDone)
        {
            return ExitCodes.Done;
        }

        var options = invocation.Options;
        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain(options.Init));
        using var merged = ModelFolder.LoadCausalLm(options.Init);
        var policies = new List<CausalLm>();
        try
        {
            policies.AddRange(options.Models.Select(folder => ModelFolder.LoadCausalLm(FolderContract.CheckTokenizer(folder, "models", tokenizer))));
            WeightMerging.Into(merged, policies, options.Share);
        }
        finally
        {
            policies.ForEach(policy => policy.Dispose());
        }

        session.Start();
        ModelFolder.Save(merged, session.Folder.Model, new SaveOptions
        {
            CopyTokenizer = TextTokenizer.Load(AdapterFolder.Chain(options.Models[0])).CopyTo,
            GenerationConfig = GenerationConfigFile.From(options.Models[0], merged.Config),
        });
        session.Log.Information("{Count} policies merged, {Share} of the way from {Init}", options.Models.Count, options.Share, options.Init);
        session.Finish();
        return ExitCodes.Done;
    }
}
