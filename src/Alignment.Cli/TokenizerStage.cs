using Alignment.Data.Tokenization;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;

namespace Alignment.Cli;

/// <summary>The stage that trains a tokenizer. Its <c>model</c> folder holds the tokenizer files.</summary>
internal static class TokenizerStage
{
    public const string Description = "trains a byte-level BPE tokenizer";

    public static int Start(string[] args) => StageProgram.Run<TokenizerOptions>(StageKinds.Tokenizer, args, Run, Description);

    private static int Run(StageInvocation<TokenizerOptions> invocation)
    {
        using var session = StageSession.Begin(invocation);
        if (session.IsDone)
        {
            return ExitCodes.Done;
        }

        var result = TokenizerTraining.Run(invocation.Options, session.Folder.Model, invocation.Cancellation, session.Start);
        session.Count("vocabulary", result.VocabularySize);
        session.Count("texts", result.Texts);
        session.Count("bytes", result.Bytes);
        session.Log.Information("{Tokens} tokens from {Texts} texts ({Bytes} bytes)", result.VocabularySize, result.Texts, result.Bytes);
        session.Finish();
        return ExitCodes.Done;
    }
}
