using System.Buffers;
using System.Text.Json;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Instructions;

/// <summary>The lines of the files: TRL's prompts with completions for training, prompts with choices or answers for evaluation.</summary>
/// <param name="options">Texts or messages, separators.</param>
internal sealed class InstructionLines(InstructionOptions options) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 12);
    private readonly Utf8JsonWriter _json = new(Stream.Null, JsonOutput.Writer);

    /// <summary>A row to train on.</summary>
    /// <returns>Valid until the next line.</returns>
    public ReadOnlySpan<byte> Training(InstructionTask task, TaskRow row, InstructionExample example) => Line(() =>
    {
        WritePrompt(example);
        if (options.Messages)
        {
            _json.WriteStartArray("completion");
            WriteMessage(Message.Assistant, options.CompletionPrefix + example.Completion);
            _json.WriteEndArray();
        }
        else
        {
            _json.WriteString("completion", options.CompletionPrefix + example.Completion);
        }

        WriteOrigin(task, row, example);
    });

    /// <summary>A held-out row with all its options as completions.</summary>
    /// <returns>Valid until the next line.</returns>
    public ReadOnlySpan<byte> Choices(InstructionTask task, TaskRow row, InstructionExample example, IReadOnlyList<string> choices, int choice, string answer) => Line(() =>
    {
        WritePrompt(example);
        WriteTexts("choices", choices.Select(text => options.CompletionPrefix + text));
        _json.WriteNumber("choice", choice);
        _json.WriteString("answer", answer);
        WriteOrigin(task, row, example);
    });

    /// <summary>A held-out row whose answer is free text.</summary>
    /// <returns>Valid until the next line.</returns>
    public ReadOnlySpan<byte> Prompt(InstructionTask task, TaskRow row, InstructionExample example) => Line(() =>
    {
        WritePrompt(example);
        if (row.Answers.Count == 1)
        {
            _json.WriteString("answer", row.Answers[0]);
        }
        else
        {
            WriteTexts("answer", row.Answers);
        }

        WriteOrigin(task, row, example);
    });

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private ReadOnlySpan<byte> Line(Action write)
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        write();
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan;
    }

    private void WritePrompt(InstructionExample example)
    {
        var few = options.FewShot;
        var before = example.Instruction is { Length: > 0 } instruction ? instruction + few.Separator : "";
        if (!options.Messages)
        {
            _json.WriteString("prompt", before + string.Concat(example.Shots.Select(shot => shot.Prompt + few.Between + shot.Completion + few.Separator)) + example.Prompt);
            return;
        }

        _json.WriteStartArray("prompt");
        foreach (var (prompt, completion) in example.Shots)
        {
            WriteMessage(Message.User, before + prompt);
            WriteMessage(Message.Assistant, completion);
            before = "";
        }

        WriteMessage(Message.User, before + example.Prompt);
        _json.WriteEndArray();
    }

    private void WriteOrigin(InstructionTask task, TaskRow row, InstructionExample example)
    {
        _json.WriteString("task", task.Name);
        _json.WriteString("cluster", task.Cluster);
        _json.WriteString("kind", InstructionReport.NameOf(example.Kind));
        _json.WriteNumber("template", example.Template);
        _json.WriteString("source", row.Id);
        if (example.Shots.Count > 0)
        {
            _json.WriteNumber("shots", example.Shots.Count);
        }
    }

    private void WriteTexts(string name, IEnumerable<string> texts)
    {
        _json.WriteStartArray(name);
        foreach (var text in texts)
        {
            _json.WriteStringValue(text);
        }

        _json.WriteEndArray();
    }

    private void WriteMessage(string role, string content)
    {
        _json.WriteStartObject();
        _json.WriteString("role", role);
        _json.WriteString("content", content);
        _json.WriteEndObject();
    }
}
