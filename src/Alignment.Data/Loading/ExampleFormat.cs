using System.Text.Json.Nodes;
using Alignment.Data.Collation;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Loading;

/// <summary>How one kind of example is written to and read from a file.</summary>
/// <typeparam name="T">The kind.</typeparam>
/// <param name="Write">Writes one.</param>
/// <param name="Read">Reads one.</param>
internal sealed record ExampleFormat<T>(Action<BinaryWriter, T> Write, Func<BinaryReader, T> Read);

/// <summary>The formats of all kinds of examples.</summary>
internal static class ExampleFormats
{
    public static ExampleFormat<TokenExample> Tokens { get; } = new(
        (writer, e) =>
        {
            writer.Write(e.RowId);
            Write(writer, e.Ids);
            foreach (var supervised in e.Supervised)
            {
                writer.Write(supervised);
            }
        },
        reader =>
        {
            var (id, ids) = (reader.ReadString(), ReadIds(reader));
            return new(id, ids, [.. ids.Select(_ => reader.ReadBoolean())]);
        });

    public static ExampleFormat<PreferenceExample> Preferences { get; } = new(
        (writer, e) =>
        {
            writer.Write(e.RowId);
            Write(writer, e.Prompt);
            Write(writer, e.Chosen);
            Write(writer, e.Rejected);
            writer.Write(e.Margin);
            writer.Write(e.Label);
        },
        reader => new(reader.ReadString(), ReadIds(reader), ReadIds(reader), ReadIds(reader), reader.ReadDouble(), reader.ReadDouble()));

    public static ExampleFormat<RankedExample> Ranked { get; } = new(
        (writer, e) =>
        {
            writer.Write(e.RowId);
            Write(writer, e.Prompt);
            WriteAll(writer, e.Responses, Write);
            WriteAll(writer, e.Ratings, (to, rating) => to.Write(rating));
            WriteAll(writer, e.Ranks, (to, rank) => to.Write(rank));
        },
        reader => new(
            reader.ReadString(), ReadIds(reader), ReadAll(reader, ReadIds), ReadAll(reader, from => from.ReadDouble()), ReadAll(reader, from => from.ReadInt32())));

    public static ExampleFormat<UnpairedExample> Unpaired { get; } = new(
        (writer, e) =>
        {
            writer.Write(e.RowId);
            Write(writer, e.Prompt);
            Write(writer, e.Completion);
            writer.Write(e.Desirable);
        },
        reader => new(reader.ReadString(), ReadIds(reader), ReadIds(reader), reader.ReadBoolean()));

    public static ExampleFormat<PromptExample> Prompts { get; } = new(
        (writer, e) =>
        {
            writer.Write(e.RowId);
            Write(writer, e.Prompt);
            writer.Write(e.Columns.ToJsonString());
            writer.Write(e.Text);
        },
        reader => new(reader.ReadString(), ReadIds(reader), JsonNode.Parse(reader.ReadString())!.AsObject()) { Text = reader.ReadString() });

    public static ExampleFormat<ChoiceExample> Choices { get; } = new(
        (writer, e) =>
        {
            writer.Write(e.RowId);
            Write(writer, e.Prompt);
            WriteAll(writer, e.Choices, Write);
            writer.Write(e.Answer);
        },
        reader => new(reader.ReadString(), ReadIds(reader), ReadAll(reader, ReadIds), reader.ReadInt32()));

    /// <summary>Everything that loading gave.</summary>
    public static void Write<T>(BinaryWriter writer, LoadedRows<T> rows, ExampleFormat<T> format)
    {
        var (all, kept, dropped, truncated, cut, longest, droppedIds) = rows.Overflow;
        WriteAll(writer, [all, kept, dropped, truncated, longest], (to, number) => to.Write(number));
        writer.Write(cut);
        WriteAll(writer, droppedIds, (to, id) => to.Write(id));
        writer.Write(rows.SkippedCount);
        WriteAll(writer, rows.Skipped, (to, skipped) =>
        {
            to.Write(skipped.Id);
            to.Write(skipped.Reason);
        });
        WriteAll(writer, rows.Examples, format.Write);
    }

    /// <summary>The same again.</summary>
    public static LoadedRows<T> Read<T>(BinaryReader reader, ExampleFormat<T> format)
    {
        var counts = ReadAll(reader, from => from.ReadInt32());
        var report = new OverflowReport(counts[0], counts[1], counts[2], counts[3], reader.ReadInt64(), counts[4], ReadAll(reader, from => from.ReadString()));
        var skippedCount = reader.ReadInt64();
        var skipped = ReadAll(reader, from => new SkippedRow(from.ReadString(), from.ReadString()));
        return new(ReadAll(reader, format.Read), report, skippedCount, skipped);
    }

    private static void Write(BinaryWriter writer, int[] ids) => WriteAll(writer, ids, (to, id) => to.Write7BitEncodedInt(id));

    private static int[] ReadIds(BinaryReader reader) => ReadAll(reader, from => from.Read7BitEncodedInt());

    private static void WriteAll<TItem>(BinaryWriter writer, IReadOnlyList<TItem> items, Action<BinaryWriter, TItem> write)
    {
        writer.Write7BitEncodedInt(items.Count);
        foreach (var item in items)
        {
            write(writer, item);
        }
    }

    private static TItem[] ReadAll<TItem>(BinaryReader reader, Func<BinaryReader, TItem> read)
    {
        var items = new TItem[reader.Read7BitEncodedInt()];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = read(reader);
        }

        return items;
    }
}
