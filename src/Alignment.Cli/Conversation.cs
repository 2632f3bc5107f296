using System.Diagnostics;
using System.Text;
using Alignment.Core.Generation;
using Alignment.Core.Numerics;
using Alignment.Data;
using Alignment.Data.Rows;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;

namespace Alignment.Cli;

/// <summary>What was said so far, and how the model goes on.</summary>
/// <param name="tokenizer">The model's.</param>
/// <param name="template">How messages become tokens.</param>
/// <param name="addBos">Whether it begins with BOS where the template does not write it.</param>
/// <param name="generator">Samples the answers.</param>
/// <param name="seed">Of the whole conversation.</param>
internal sealed class Conversation(TextTokenizer tokenizer, ChatTemplate template, bool addBos, ConversationGenerator generator, long seed)
{
    /// <summary>A share of the context that is kept free for the answer where turns can be dropped for it.</summary>
    private const int AnswerShare = 4;

    private readonly List<Message> _turns = [];

    /// <summary>Instructions before the first turn; null = none.</summary>
    public string? System { get; set; }

    /// <summary>The system message and the turns, oldest first.</summary>
    public IReadOnlyList<Message> Messages => string.IsNullOrWhiteSpace(System) ? [.. _turns] : [new Message(Message.System, System), .. _turns];

    /// <summary>Figures of the last answer; null before the first.</summary>
    public AnswerStatistics? Last { get; private set; }

    /// <summary>Forgets the turns; the system message stays.</summary>
    public void Reset() => _turns.Clear();

    /// <summary>Forgets the last question and its answer.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Undo()
    {
        if (_turns.Count == 0)
        {
            return false;
        }

        _turns.RemoveRange(_turns.Count - 2, 2);
        return true;
    }

    /// <summary>Asks and answers. A question without an answer is forgotten again.</summary>
    /// <param name="question">The user's words.</param>
    /// <param name="write">Is given the answer piece by piece, never half a character.</param>
    /// <param name="cancel">Ends the answer; what was said of it stays.</param>
    /// <returns>How many of the oldest turns had to be dropped to make room.</returns>
    /// <exception cref="DataFormatException">The question alone is too long, or cannot be rendered.</exception>
    public int Ask(string question, Action<string> write, CancellationToken cancel)
    {
        _turns.Add(new Message(Message.User, question));
        var answer = new StringBuilder();
        try
        {
            var (prompt, dropped) = Fit();
            var decoder = new StreamingDecoder(tokenizer);
            var count = 0;
            var watch = Stopwatch.StartNew();
            var finish = generator.Generate(prompt, Seeds.Derive(seed, FormattableString.Invariant($"chat/{_turns.Count}")), id =>
            {
                count++;
                Give(decoder.Push(id));
            }, cancel);
            Give(decoder.Finish());
            Last = new AnswerStatistics(prompt.Length, generator.TokensRun, count, watch.Elapsed, finish, generator.Context);
            return dropped;
        }
        finally
        {
            if (answer.Length > 0)
            {
                _turns.Add(new Message(Message.Assistant, answer.ToString()));
            }
            else
            {
                _turns.RemoveAt(_turns.Count - 1);
            }
        }

        void Give(string piece)
        {
            if (piece.Length > 0)
            {
                answer.Append(piece);
                write(piece);
            }
        }
    }

    /// <summary>The conversation as ids, without its oldest turns where it leaves too little room for an answer.</summary>
    private (int[] Prompt, int Dropped) Fit()
    {
        var dropped = 0;
        var prompt = Render();
        while (prompt.Length > generator.Context - (generator.Context / AnswerShare) && _turns.Count > 1)
        {
            _turns.RemoveRange(0, 2);
            dropped += 2;
            prompt = Render();
        }

        return prompt.Length < generator.Context
            ? (prompt, dropped)
            : throw new DataFormatException("your message", $"has {prompt.Length} tokens with what the template adds, the context {generator.Context}", "write a shorter one, or start with a larger --context");
    }

    private int[] Render()
    {
        var ids = template.Render(tokenizer, Messages, generationPrompt: true).Ids;
        return addBos && tokenizer.BosId is { } bos && ids[0] != bos ? [bos, .. ids] : ids;
    }
}
