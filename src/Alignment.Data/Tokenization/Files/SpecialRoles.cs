namespace Alignment.Data.Tokenization.Files;

/// <summary>The roles of special tokens, and what the tokenizer classes of transformers give them where a folder says nothing.</summary>
internal static class SpecialRoles
{
    public const string Bos = "bos_token";
    public const string Eos = "eos_token";
    public const string Unknown = "unk_token";
    public const string Pad = "pad_token";
    public const string Cls = "cls_token";
    public const string Sep = "sep_token";
    public const string Mask = "mask_token";

    private static readonly Dictionary<string, string> Bert = new() { [Unknown] = "[UNK]", [Pad] = "[PAD]", [Cls] = "[CLS]", [Sep] = "[SEP]", [Mask] = "[MASK]" };
    private static readonly Dictionary<string, string> Roberta = new() { [Bos] = "<s>", [Eos] = "</s>", [Unknown] = "<unk>", [Pad] = "<pad>", [Cls] = "<s>", [Sep] = "</s>", [Mask] = "<mask>" };
    private static readonly Dictionary<string, string> MpNet = new(Roberta) { [Unknown] = "[UNK]" };
    private static readonly Dictionary<string, string> Gpt2 = new() { [Bos] = "<|endoftext|>", [Eos] = "<|endoftext|>", [Unknown] = "<|endoftext|>" };
    private static readonly Dictionary<string, string> Qwen2 = new() { [Eos] = "<|endoftext|>", [Unknown] = "<|endoftext|>", [Pad] = "<|endoftext|>" };
    private static readonly Dictionary<string, string> Llama = new() { [Bos] = "<s>", [Eos] = "</s>", [Unknown] = "<unk>" };
    private static readonly Dictionary<string, string> Gemma = new() { [Bos] = "<bos>", [Eos] = "<eos>", [Unknown] = "<unk>", [Pad] = "<pad>" };
    private static readonly Dictionary<string, string> T5 = new() { [Eos] = "</s>", [Unknown] = "<unk>", [Pad] = "<pad>" };

    /// <summary>Every role.</summary>
    public static IReadOnlyList<string> All { get; } = [Bos, Eos, Unknown, Pad, Cls, Sep, Mask];

    /// <summary>What a class gives a role; null where it gives none.</summary>
    public static string? DefaultOf(string? tokenizerClass, string role) => (tokenizerClass switch
    {
        "Bert" or "DistilBert" or "Electra" or "MobileBert" or "SqueezeBert" or "ConvBert" => Bert,
        "Roberta" or "Bart" or "Longformer" or XlmRobertaFile.Class => Roberta,
        "MPNet" => MpNet,
        "GPT2" or "CodeGen" or "GPTNeoX" => Gpt2,
        "Qwen2" or "Qwen3" => Qwen2,
        "Llama" or "CodeLlama" => Llama,
        "Gemma" => Gemma,
        "T5" => T5,
        _ => null,
    })?.GetValueOrDefault(role);

    /// <summary>The tokenizer class that a model's <c>model_type</c> goes with.</summary>
    public static string? ClassOf(string? modelType) => modelType switch
    {
        "bert" => "Bert",
        "distilbert" => "DistilBert",
        "electra" => "Electra",
        "roberta" => "Roberta",
        "xlm-roberta" => XlmRobertaFile.Class,
        "gpt2" or "opt" => "GPT2",
        "phi" or "codegen" => "CodeGen",
        "gpt_neox" => "GPTNeoX",
        "qwen2" or "qwen3" => "Qwen2",
        "llama" or "mistral" => "Llama",
        "gemma" or "gemma2" or "gemma3_text" => "Gemma",
        "t5" => "T5",
        _ => null,
    };

    /// <summary>Whether a class puts BOS and EOS around a text by its own flags, whatever the file's post-processor says.</summary>
    public static bool DecidesBosItself(string? tokenizerClass) => tokenizerClass is "Llama" or "CodeLlama" or "Gemma" or "Cohere";
}
