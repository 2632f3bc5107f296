using System.Text.Encodings.Web;
using System.Text.Json;
using Alignment.Data.Tokenization.Files;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization;

/// <summary>
/// Writes a trained BPE as the tokenizer files of a model folder in Hugging Face layout: <c>tokenizer.json</c>,
/// <c>tokenizer_config.json</c> (with the ChatML template) and <c>special_tokens_map.json</c>.
/// </summary>
public static class TokenizerFile
{
    /// <summary>ChatML in Jinja, as in the configuration of models that speak it.</summary>
    public const string ChatMlTemplate =
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private static readonly JsonWriterOptions Layout = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the files into a folder that exists or is made; each appears whole or not at all, <c>tokenizer.json</c> last.</summary>
    public static void Write(TrainedBpe bpe, string folder)
    {
        ArgumentNullException.ThrowIfNull(bpe);
        Directory.CreateDirectory(folder);
        WriteFile(Path.Combine(folder, TokenizerConfig.MapFileName), WriteSpecialTokens);
        WriteFile(Path.Combine(folder, TokenizerConfig.FileName), json =>
        {
            json.WriteBoolean("add_bos_token", false);
            json.WriteBoolean("add_eos_token", false);
            json.WriteBoolean("add_prefix_space", false);
            WriteSpecialTokens(json);
            json.WriteString("chat_template", ChatMlTemplate);
            json.WriteBoolean("clean_up_tokenization_spaces", false);
            json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
        });
        WriteFile(Path.Combine(folder, TokenizerDefinition.FileName), json => WriteTokenizer(json, bpe));
    }

    private static void WriteSpecialTokens(Utf8JsonWriter json)
    {
        json.WriteString("bos_token", SpecialTokens.Bos);
        json.WriteString("eos_token", SpecialTokens.ImEnd);
        json.WriteString("pad_token", SpecialTokens.Pad);
        json.WriteStartArray("additional_special_tokens");
        json.WriteStringValue(SpecialTokens.ImStart);
        json.WriteEndArray();
    }

    private static void WriteTokenizer(Utf8JsonWriter json, TrainedBpe bpe)
    {
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        for (var id = 0; id < SpecialTokens.All.Count; id++)
        {
            WriteAddedToken(json, id, bpe.Tokens[id]);
        }

        json.WriteEndArray();
        json.WriteNull("normalizer");
        WritePreTokenizer(json, bpe.Pattern);
        json.WriteNull("post_processor");
        WriteByteLevel(json, "decoder", useRegex: true);
        WriteModel(json, bpe);
    }

    private static void WriteAddedToken(Utf8JsonWriter json, int id, string content)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("content", content);
        json.WriteBoolean("single_word", false);
        json.WriteBoolean("lstrip", false);
        json.WriteBoolean("rstrip", false);
        json.WriteBoolean("normalized", false);
        json.WriteBoolean("special", true);
        json.WriteEndObject();
    }

    private static void WritePreTokenizer(Utf8JsonWriter json, WordPattern pattern)
    {
        if (pattern == WordPattern.Gpt2)
        {
            WriteByteLevel(json, "pre_tokenizer", useRegex: true);
            return;
        }

        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        json.WriteStartObject();
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", WordPatterns.Gpt4Pattern);
        json.WriteEndObject();
        json.WriteString("behavior", nameof(SplitBehavior.Isolated));
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
        WriteByteLevel(json, null, useRegex: false);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string? name, bool useRegex)
    {
        if (name is null)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartObject(name);
        }

        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", useRegex);
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, TrainedBpe bpe)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", false);
        json.WriteStartObject("vocab");
        for (var id = 0; id < bpe.Tokens.Count; id++)
        {
            json.WriteNumber(bpe.Tokens[id], id);
        }

        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (var (left, right) in bpe.Merges)
        {
            json.WriteStringValue($"{left} {right}");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>One file with one JSON object: written beside its place, flushed to the disk, then renamed.</summary>
    private static void WriteFile(string path, Action<Utf8JsonWriter> members)
    {
        var aside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = File.Create(aside))
            {
                using (var json = new Utf8JsonWriter(stream, Layout))
                {
                    json.WriteStartObject();
                    members(json);
                    json.WriteEndObject();
                }

                stream.WriteByte((byte)'\n');
                stream.Flush(flushToDisk: true);
            }

            File.Move(aside, path, overwrite: true);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }
    }
}
