using System.Text.Json;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests;

/// <summary>
/// A tokenizer whose ids can be worked out by hand: &lt;|pad|&gt; 0, &lt;|bos|&gt; 1, &lt;|im_start|&gt; 2, &lt;|im_end|&gt; 3 (EOS),
/// byte b is 4 + b, and "ab" merges into 260.
/// </summary>
internal static class TinyTokenizer
{
    public const int Bos = 1;
    public const int Start = 2;
    public const int End = 3;
    public const int Ab = 260;

    private static readonly string[] Specials = ["<|pad|>", "<|bos|>", "<|im_start|>", "<|im_end|>"];
    private static readonly Lazy<TextTokenizer> Loaded = new(Load);

    public static TextTokenizer Instance => Loaded.Value;

    /// <summary>The ids of text, byte by byte, "ab" not merged.</summary>
    public static int[] Bytes(string text) => [.. System.Text.Encoding.UTF8.GetBytes(text).Select(b => 4 + b)];

    public static void WriteTo(TemporaryFolder folder)
    {
        // GPT-2's byte letters: printable Latin-1 as itself, the other bytes from U+0100 on, in order.
        var next = 0x100;
        var letters = Enumerable.Range(0, 256).Select(b => (char)(b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? b : next++)).ToArray();
        var vocabulary = Specials.Concat(letters.Select(c => c.ToString())).Append("ab").Select((token, id) => (token, id)).ToDictionary(p => p.token, p => p.id);
        var byteLevel = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true };
        folder.Write("tokenizer.json", JsonSerializer.Serialize(new
        {
            version = "1.0",
            added_tokens = Specials.Select((content, id) => new { id, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true }),
            normalizer = (object?)null,
            pre_tokenizer = byteLevel,
            post_processor = (object?)null,
            decoder = byteLevel,
            model = new { type = "BPE", dropout = (double?)null, unk_token = (string?)null, vocab = vocabulary, merges = new[] { "a b" } },
        }));
        folder.Write("tokenizer_config.json", """{"bos_token": "<|bos|>", "eos_token": "<|im_end|>", "pad_token": "<|pad|>"}""");
    }

    private static TextTokenizer Load()
    {
        using var folder = new TemporaryFolder();
        WriteTo(folder);
        return TextTokenizer.Load(folder.Path);
    }
}
