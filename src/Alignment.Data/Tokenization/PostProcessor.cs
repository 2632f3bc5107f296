using Alignment.Data.Tokenization.Files;
using Alignment.Data.Tokenization.Models;

namespace Alignment.Data.Tokenization;

/// <summary>
/// What a model's own tokenizer puts around one text or a pair of texts: the <c>post_processor</c> part
/// (<c>TemplateProcessing</c>, <c>BertProcessing</c>, <c>RobertaProcessing</c>; <c>ByteLevel</c> changes no ids).
/// </summary>
internal sealed class PostProcessor
{
    private const int First = -1;
    private const int Second = -2;

    private readonly IReadOnlyList<(int Id, int Type)> _single;
    private readonly IReadOnlyList<(int Id, int Type)> _pair;

    private PostProcessor(IReadOnlyList<(int Id, int Type)> single, IReadOnlyList<(int Id, int Type)> pair)
    {
        _single = single;
        _pair = pair;
    }

    /// <summary>Adds nothing; the second text has type 1.</summary>
    public static PostProcessor None { get; } = new([(First, 0)], [(First, 0), (Second, 1)]);

    /// <summary>The id that begins every single text; null where nothing is put before it.</summary>
    public int? FirstId => _single[0].Id >= 0 ? _single[0].Id : null;

    /// <summary>BOS before and EOS after each text, as the <c>add_bos_token</c> and <c>add_eos_token</c> of a configuration ask.</summary>
    public static PostProcessor Around(int? bos, int? eos, int secondType = 1)
    {
        var first = Wrap(First, 0);
        return new(first, [.. first, .. Wrap(Second, secondType)]);

        (int, int)[] Wrap(int text, int type) =>
            [.. bos is { } begin ? [(begin, type)] : Array.Empty<(int, int)>(), (text, type), .. eos is { } end ? [(end, type)] : Array.Empty<(int, int)>()];
    }

    /// <summary>BOS before a text, and once before a pair.</summary>
    public static PostProcessor Leading(int bos) => new([(bos, 0), (First, 0)], [(bos, 0), (First, 0), (Second, 1)]);

    /// <summary>BERT's <c>[CLS] A [SEP] B [SEP]</c>, the second text and its mark of type 1.</summary>
    public static PostProcessor Bert(int cls, int sep) =>
        new([(cls, 0), (First, 0), (sep, 0)], [(cls, 0), (First, 0), (sep, 0), (Second, 1), (sep, 1)]);

    /// <summary>RoBERTa's <c>&lt;s&gt; A &lt;/s&gt;&lt;/s&gt; B &lt;/s&gt;</c>, all of type 0.</summary>
    public static PostProcessor Roberta(int cls, int sep) =>
        new([(cls, 0), (First, 0), (sep, 0)], [(cls, 0), (First, 0), (sep, 0), (sep, 0), (Second, 0), (sep, 0)]);

    /// <summary>Reads the part of a tokenizer file.</summary>
    public static PostProcessor Read(JsonPart? part)
    {
        if (part is not { } processor)
        {
            return None;
        }

        var parts = processor.Type == "Sequence" ? processor["processors"].Items().ToArray() : [processor];
        var marking = parts.Where(p => p.Type != "ByteLevel").ToArray();
        return marking.Length switch
        {
            0 => None,
            1 => ReadOne(marking[0]),
            _ => throw marking[1].Unsupported("a second post-processor that adds tokens"),
        };
    }

    /// <summary>The ids with what belongs around them, and each one's type.</summary>
    public (int[] Ids, int[] Types) Apply(int[] first, int[]? second)
    {
        var ids = new List<int>(first.Length + (second?.Length ?? 0) + 4);
        var types = new List<int>(ids.Capacity);
        foreach (var (id, type) in second is null ? _single : _pair)
        {
            if (id >= 0)
            {
                ids.Add(id);
            }
            else
            {
                ids.AddRange(id == First ? first : second ?? []);
            }

            types.AddRange(Enumerable.Repeat(type, ids.Count - types.Count));
        }

        return ([.. ids], [.. types]);
    }

    private static PostProcessor ReadOne(JsonPart part) => part.Type switch
    {
        "BertProcessing" => Bert(MarkId(part["cls"]), MarkId(part["sep"])),
        "RobertaProcessing" => Roberta(MarkId(part["cls"]), MarkId(part["sep"])),
        "TemplateProcessing" => new(ReadTemplate(part, "single"), ReadTemplate(part, "pair")),
        var other => throw part.Unsupported($"a {other} post-processor"),
    };

    /// <summary>The id in <c>["[CLS]", 101]</c>.</summary>
    private static int MarkId(JsonPart part) => part.Items().ToArray() is [_, var id] ? CheckedId(id) : throw part.Error("must be a token and its id");

    private static List<(int, int)> ReadTemplate(JsonPart part, string name)
    {
        var pieces = new List<(int, int)>();
        foreach (var item in part[name].Items())
        {
            if (item.Optional("Sequence") is { } sequence)
            {
                var which = sequence["id"].Text;
                pieces.Add((which == "A" ? First : which == "B" ? Second : throw sequence.Error($"has the id '{which}'; it must be A or B"), sequence["type_id"].Int));
                continue;
            }

            var mark = item["SpecialToken"];
            var declared = part["special_tokens"][mark["id"].Text];
            pieces.AddRange(declared["ids"].Items().Select(id => (CheckedId(id), mark["type_id"].Int)));
        }

        return pieces.Any(p => p.Item1 == First) ? pieces : throw part[name].Error("does not hold the text (Sequence A)");
    }

    private static int CheckedId(JsonPart id) => id.Int is >= 0 and < ModelDefinition.IdLimit and var value ? value : throw id.Error($"is {id.Int}; ids are from 0 to {ModelDefinition.IdLimit - 1}");
}
