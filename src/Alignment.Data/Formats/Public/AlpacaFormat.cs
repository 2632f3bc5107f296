using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Public;

/// <summary>Stanford Alpaca's instructions (github tatsu-lab/stanford_alpaca), with LLaMA-Factory's additions: system, history, chosen and rejected, kto_tag.</summary>
internal sealed class AlpacaFormat : DataFormat
{
    private static readonly string[] Known = ["instruction", "output", "system", "history", "chosen", "rejected", "kto_tag"];

    public override string Name => "alpaca";

    public override string About => "instruction, input, output (or chosen, rejected); system, history, kto_tag";

    public override RowTypes Gives => RowTypes.PromptCompletion | RowTypes.Preference | RowTypes.Unpaired | RowTypes.Prompt;

    public override RowTypes Takes => Gives;

    internal override string? Recognise(JsonObject row) => HasColumns(row, "instruction", "output") ?? HasColumns(row, "instruction", "chosen", "rejected");

    internal override IEnumerable<DataRow> Read(JsonObject row, string id, Remarks remarks)
    {
        var cells = new Cells(row, id);
        var input = cells.Word("input");
        var prompt = new ChatContent([.. Before(row, cells, id), new Message(Message.User, Dialog.Instruction(cells.Text("instruction"), input))]);
        IReadOnlyCollection<string> known = string.IsNullOrEmpty(input) ? [.. Known, "input"] : Known;
        DataRow read = row["chosen"] is not null && row["rejected"] is not null
            ? new PreferenceRow(prompt, Dialog.Answer(cells.Text("chosen")), Dialog.Answer(cells.Text("rejected"))) { Id = id }
            : row["output"] is null ? new PromptRow(prompt) { Id = id }
            : cells.Flag("kto_tag") is { } good ? new UnpairedRow(prompt, Dialog.Answer(cells.Text("output")), good) { Id = id }
            : new PromptCompletionRow(prompt, Dialog.Answer(cells.Text("output"))) { Id = id };
        return [read with { Columns = row, Known = known }];
    }

    internal override JsonObject? Write(DataRow row, JsonObject meta, Remarks remarks)
    {
        var prompt = row switch
        {
            PreferenceRow pair => pair.Prompt,
            PromptCompletionRow pair => pair.Prompt,
            UnpairedRow one => one.Prompt,
            _ => ((PromptRow)row).Prompt,
        };
        if (Turns(prompt, row.Id, remarks) is not { } to)
        {
            return null;
        }

        var (instruction, input) = Dialog.Parted(to["instruction"]!.GetValue<string>(), meta);
        to["instruction"] = instruction;
        to["input"] = input;
        var isWhole = row switch
        {
            PreferenceRow pair => Put(to, "chosen", pair.Chosen) && Put(to, "rejected", pair.Rejected),
            PromptCompletionRow pair => Put(to, "output", pair.Completion),
            UnpairedRow one => Put(to, "output", one.Completion) && Put(to, "kto_tag", one.Label),
            _ => true,
        };
        if (!isWhole)
        {
            remarks.Add("left out: the response is more than one message of text", row.Id);
        }

        return isWhole ? to : null;
    }

    private static IEnumerable<Message> Before(JsonObject row, Cells cells, string id)
    {
        if (cells.Word("system") is { Length: > 0 } system)
        {
            yield return new Message(Message.System, system);
        }

        foreach (var turn in row["history"] is null ? [] : cells.List("history"))
        {
            if (turn is not JsonArray { Count: 2 } both || both[0] is not JsonValue asked || both[1] is not JsonValue answered
                || !asked.TryGetValue<string>(out var question) || !answered.TryGetValue<string>(out var answer))
            {
                throw new DataFormatException(id, "an item of 'history' is not two texts", "give [question, answer] for each earlier turn");
            }

            yield return new Message(Message.User, question);
            yield return new Message(Message.Assistant, answer);
        }
    }

    /// <summary>The prompt as instruction, system and history; null where its turns do not alternate.</summary>
    private static JsonObject? Turns(Content prompt, string id, Remarks remarks)
    {
        if (Dialog.Single(prompt) is { } single)
        {
            var simple = new JsonObject { ["instruction"] = single.Text };
            if (single.System is not null)
            {
                simple["system"] = single.System;
            }

            return simple;
        }

        var messages = ((ChatContent)prompt).Messages;
        var system = messages is [{ Role: Message.System } first, ..] ? first.Content : null;
        Message[] turns = [.. messages.Skip(system is null ? 0 : 1)];
        var alternate = turns.Length % 2 == 1 && turns.Select((turn, i) => turn.Role == (i % 2 == 0 ? Message.User : Message.Assistant) && !turn.NeedsOwnTemplate).All(fits => fits);
        if (!alternate || ((ChatContent)prompt).Variables is not null)
        {
            remarks.Add("left out: the conversation has tools, or turns that do not alternate", id);
            return null;
        }

        var history = new JsonArray([.. turns[..^1].Chunk(2).Select(turn => new JsonArray(turn[0].Content, turn[1].Content))]);
        var to = new JsonObject { ["instruction"] = turns[^1].Content, ["history"] = history };
        if (system is not null)
        {
            to["system"] = system;
        }

        return to;
    }

    private static bool Put(JsonObject to, string column, Content response)
    {
        to[column] = Dialog.Text(response);
        return to[column] is not null;
    }

    private static bool Put(JsonObject to, string column, bool value)
    {
        to[column] = value;
        return true;
    }
}
