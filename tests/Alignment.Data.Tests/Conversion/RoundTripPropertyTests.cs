using System.Globalization;
using System.Text.Json.Nodes;
using Alignment.Data.Conversion;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Tests.Conversion;

/// <summary>Random rows of each type through every format that can be written and back: a row that the report does not tell otherwise of comes back as it was.</summary>
public sealed class RoundTripPropertyTests : IDisposable
{
    private const int Rounds = 30;
    private static readonly string[] Words = ["red", "fish", "⊗", "\"quoted\"", "tab\there", "a,b;c", "line\nbreak", "\\", "#### 4", "Human:", "<|im_end|>", "名", "🐟", "0", "null", "{}", "café"];
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Targets => [.. DataFormats.All.Where(format => format.Takes != RowTypes.None).Select(format => format.Name)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryFormat_IsWritten() => DataFormats.All.Where(format => format.Takes == RowTypes.None).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Targets))]
    public void Convert_ThereAndBack_IsTheSameRow(string name)
    {
        var target = DataFormats.Named(name)!;
        var random = new Random(7);
        var held = 0;
        foreach (var type in Enum.GetValues<RowTypes>().Where(type => IsOne(type) && target.Takes.HasFlag(type) && (type != RowTypes.Ranked || target.Gives.HasFlag(type))))
        {
            for (var round = 0; round < Rounds; round++)
            {
                var source = Row(type, random, simple: round % 2 == 0, target.HoldsMeta);
                if (Through(target, type, source) is { } back)
                {
                    held++;
                    (Text(back) + (target.HoldsMeta ? Kept(back) : "")).ShouldBe(Text(source) + (target.HoldsMeta ? Kept(source) : ""), $"{type} {round}");
                }
            }
        }

        held.ShouldBeGreaterThan(5);
    }

    /// <summary>The row after both conversions; null where the report says that something of it has no place.</summary>
    private DataRow? Through(DataFormat target, RowTypes type, DataRow source)
    {
        var (from, there) = (Path.Combine(_folder.Path, "from.jsonl"), Path.Combine(_folder.Path, "there.jsonl"));
        var trl = type == RowTypes.Ranked ? DataFormats.Named(target.Name is "ratings" or "ultrafeedback" ? target.Name : "nemo")! : DataFormats.Trl.First(format => format.Takes.HasFlag(type));
        var meta = RowMeta.Of(source);
        if (trl.Write(source, meta, new Remarks()) is not { } written)
        {
            return null; // the layout that it comes from cannot hold it
        }

        if (meta.Count > 0)
        {
            written[RowMeta.Column] = meta;
        }

        File.WriteAllText(from, written.ToJsonString() + "\n");
        ConversionReport report;
        try
        {
            report = new DataConverter(new ConversionOptions { From = trl, To = target }).Convert([from], there);
        }
        catch (DataFormatException nothing) when (nothing.Message.Contains("no row was left", StringComparison.Ordinal))
        {
            nothing.Message.ShouldContain("left out:"); // and why
            return null;
        }

        var rows = new RowSource(target, new([]), OnError.Error, new ConversionReport()).Read(there).ToList();
        if (report.Remarks.All.Any(remark => remark.What.StartsWith("lost:", StringComparison.Ordinal) || remark.What.StartsWith("note:", StringComparison.Ordinal)))
        {
            return null;
        }

        var row = target.Name == "oasst" ? rows[^1] : rows.ShouldHaveSingleItem(); // earlier turns of a tree are rows of their own
        return source is PreferenceRow && row is RankedRow ranked ? RankedPairs.Of(ranked).SingleOrDefault() : row;
    }

    private static bool IsOne(RowTypes type) => type != RowTypes.None && ((int)type & ((int)type - 1)) == 0;

    /// <summary>What the row says, messages and texts of one message alike.</summary>
    private static string Text(DataRow row)
    {
        return row switch
        {
            PreferenceRow pair => $"{Asked(pair.Prompt)} + {Answered(pair.Chosen)} - {Answered(pair.Rejected)}",
            PromptCompletionRow both => $"{Asked(both.Prompt)} + {Answered(both.Completion)}",
            UnpairedRow one => $"{Asked(one.Prompt)} {one.Label} {Answered(one.Completion)}",
            StepwiseRow steps => $"{Asked(steps.Prompt)} {string.Join('|', steps.Steps)} {string.Join('|', steps.Labels)}",
            RankedRow { Responses: [var only] } single => $"{Asked(single.Prompt)} {Answered(only.Content)}",
            RankedRow ranked => $"{Asked(ranked.Prompt)} {string.Join('|', ranked.Responses.Select(response => Answered(response.Content)))}: {string.Join(' ', Order(ranked))}",
            PromptRow prompt => Asked(prompt.Prompt),
            MessagesRow chat => new ChatContent(chat.Messages).ToString(),
            _ => ((TextRow)row).Text,
        };
    }

    /// <summary>What stays with the row, and a pair's verdict, whether it is in columns or in meta.</summary>
    private static string Kept(DataRow row)
    {
        var meta = RowMeta.Of(row);
        var pair = row as PreferenceRow;
        var margin = pair is { Margin: not 0 } ? pair.Margin : meta["margin"]?.GetValue<double>();
        return string.Create(CultureInfo.InvariantCulture, $" margin {margin ?? 0} strength {meta["strength"]} note {meta["note"]} group {meta["group"]}");
    }

    private static string Asked(Content prompt) => prompt is PlainContent text ? $"user: {text.Text}" : prompt.ToString()!;

    private static string Answered(Content response) => response is PlainContent text ? $"assistant: {text.Text}" : response.ToString()!;

    private static IEnumerable<int> Order(RankedRow row) =>
        from i in Enumerable.Range(0, row.Responses.Count) from j in Enumerable.Range(i + 1, row.Responses.Count - i - 1) select Math.Sign(row.Responses[i].BetterThan(row.Responses[j]) ?? 0);

    private static DataRow Row(RowTypes type, Random random, bool simple, bool withMeta)
    {
        var columns = new JsonObject();
        if (withMeta)
        {
            columns["meta"] = new JsonObject { ["strength"] = random.Next(1, 4), ["note"] = Words[random.Next(Words.Length)], ["group"] = $"g{random.Next(9)}" };
            if (type == RowTypes.Prompt)
            {
                (columns["meta"]!["key"], columns["meta"]!["instruction_id_list"], columns["meta"]!["kwargs"]) = (random.Next(99), new JsonArray("a:b"), new JsonArray(new JsonObject()));
            }
        }

        var (a, b) = (Noise(random), Noise(random));
        DataRow row = type switch
        {
            RowTypes.Preference => new PreferenceRow(Prompt(random, simple), Answer(a), Answer(b + "!"), withMeta && random.Next(3) == 0 ? random.Next(1, 5) / 2.0 : 0, withMeta && random.Next(4) == 0 ? 0.75 : 1) { Id = "f:1" },
            RowTypes.PromptCompletion => new PromptCompletionRow(Prompt(random, simple), Answer(a)) { Id = "f:1" },
            RowTypes.Unpaired => new UnpairedRow(Prompt(random, simple), Answer(a), random.Next(2) == 0) { Id = "f:1" },
            RowTypes.Stepwise => new StepwiseRow(Noise(random), [a, b], [true, random.Next(2) == 0]) { Id = "f:1" },
            RowTypes.Ranked => new RankedRow(Prompt(random, simple), [.. Enumerable.Range(0, simple && random.Next(2) == 0 ? 1 : random.Next(2, 5)).Select(i => new RankedResponse(Answer($"{Noise(random)} {i}"), Score: -(i % 3), Rank: i % 3))]) { Id = "f:1" },
            RowTypes.Prompt => new PromptRow(Prompt(random, simple)) { Id = "f:1" },
            RowTypes.Messages => new MessagesRow([.. ((ChatContent)Prompt(random, simple)).Messages, new(Message.Assistant, a)]) { Id = "f:1" },
            _ => new TextRow(a) { Id = "f:1" },
        };
        return row with { Columns = columns };
    }

    private static ChatContent Prompt(Random random, bool simple)
    {
        List<Message> messages = !simple && random.Next(2) == 0 ? [new(Message.System, Noise(random))] : [];
        messages.Add(new Message(Message.User, Noise(random)));
        for (var turn = simple ? 0 : random.Next(3); turn > 0; turn--)
        {
            messages.Add(new Message(Message.Assistant, Noise(random)));
            messages.Add(new Message(Message.User, Noise(random)));
        }

        return new ChatContent(messages);
    }

    private static ChatContent Answer(string text) => new([new Message(Message.Assistant, text)]);

    private static string Noise(Random random) => string.Join(' ', Enumerable.Range(0, random.Next(1, 6)).Select(_ => Words[random.Next(Words.Length)]));
}
