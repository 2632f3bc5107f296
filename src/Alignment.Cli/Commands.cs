using System.CommandLine;
using Alignment.Cli.Bench;

namespace Alignment.Cli;

/// <summary>The command tree, for parsing and for help.</summary>
internal static class Commands
{
    public static RootCommand Root()
    {
        var root = new RootCommand("Takes a language model past its pre-training: SFT, reward model, DPO, PPO, and their comparison.")
        {
            RunCommand.Create(),
        };
        foreach (var (kind, stage) in StageCatalogue.All)
        {
            // Only for the help: Program hands a stage its arguments before the tree is parsed.
            root.Add(new Command(kind, stage.Description) { TreatUnmatchedTokensAsErrors = false });
        }

        root.Add(GenerateCommand.Create());
        root.Add(ChatCommand.Create());
        root.Add(ScoreCommand.Create());
        root.Add(InspectCommand.Create());
        root.Add(ExportCommand.Create());
        root.Add(new Command("data", "Prepares and shows data.") { TrainTokenizerCommand.Create(), PreviewCommand.Create(), DataConvertCommand.Create(), DataAuditCommand.Create(), DataSelectCommand.Create(), DataSplitCommand.Create(), DataBuildInstructionsCommand.Create() });
        root.Add(new Command("label", "Preferences out to people and back: tasks, votes, agreement.")
        {
            LabelExportCommand.Create(), LabelImportCommand.Create(), LabelServeCommand.Create(), LabelTokenCommand.Create(), LabelJudgeCommand.Create(),
            LabelReportCommand.Create(), LabelResolveCommand.Create(),
        });
        root.Add(new Command("objectives", "Losses as functions of arrays in files.") { ObjectivesListCommand.Create(), ObjectivesEvalCommand.Create() });
        root.Add(ResultsCommand.Create());
        root.Add(InfoCommand.Create());
        var bench = new Command("bench", "Measures this machine, and the stages' steps on it.");
        foreach (var command in TrainingBenchCommand.Create())
        {
            bench.Add(command);
        }

        bench.Add(ScalingBenchCommand.Create());
        bench.Add(BenchLimitsCommand.Create());
        bench.Add(BenchTokenizeCommand.Create());
        bench.Add(BenchLabelStoreCommand.Create());
        bench.Add(BenchLabelServeCommand.Create());
        root.Add(bench);
        root.Add(SchemaCommand.Create());
        return root;
    }
}
