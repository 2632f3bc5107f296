using Alignment.Core.Checkpoints;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;
using Spectre.Console;

namespace Alignment.Evaluation;

/// <summary>Scores and compares models on held-out data. The numbers are those of docs/algorithms/evaluation.md.</summary>
internal static class EvaluationStage
{
    private const string PartsFolder = "parts";
    private static readonly string[] Files = [EvaluationResults.FileName, SamplesFile.FileName, ChoicesFile.FileName, MarkdownReport.FileName, HtmlReport.FileName];

    public static int Run(StageInvocation<EvaluationOptions> invocation)
    {
        using var session = StageSession.Begin(invocation, otherResults: Files);
        var options = invocation.Options;
        if (!session.IsDone)
        {
            // 1-2. what is compared, on what
            var sources = ModelSource.All(options, session.Log);
            var inputs = EvaluationInputs.Load(options, sources, InputContract.Check(options, sources), session);
            session.Start();
            var parts = new PartStore(Path.Combine(session.Folder.Root, PartsFolder), session.Log);
            if (invocation.Afresh)
            {
                parts.RemoveUnused(); // none is asked for yet
            }

            var scores = new EvaluationScores(options, sources, inputs, session, parts);

            // 3-5. what the models compute; 6. the numbers
            var results = EvaluationResults.Of(options, sources, scores.Run(), scores.BestOf, scores.PairRanking, StageSeconds.Of(session.Folder.Root), session.Manifest.Seed);

            // 7. files for programs and for people
            Write(EvaluationResults.FileName, results.ToJson());
            Write(SamplesFile.FileName, SamplesFile.Build(inputs, scores.Models, options));
            Write(ChoicesFile.FileName, ChoicesFile.Build(inputs, scores.Models));
            Write(MarkdownReport.FileName, MarkdownReport.Build(results, options, inputs, scores.Models));
            Write(HtmlReport.FileName, HtmlReport.Build(results, options, inputs, scores.Models));
            results.NoteIn(session);
            session.Finish(Files);
            parts.RemoveUnused();
        }

        ResultTable.Show(EvaluationResults.Load(session.Folder.Root), options, AnsiConsole.Console);
        return 0;

        void Write(string name, string text) => AtomicFile.WriteText(Path.Combine(session.Folder.Root, name), text);
    }
}
