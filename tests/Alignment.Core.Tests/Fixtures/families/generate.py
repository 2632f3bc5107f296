#!/usr/bin/env python3
"""Makes one folder per case beside it: config.json, model.safetensors (bfloat16) and golden.json, by the formulas in models.py.

Run with Debian's python3-torch: /usr/bin/python3 generate.py [case ...]
"""
import json
import os
import random
import struct
import sys
import zlib

import torch

import models
from formulas import Weights

HERE = os.path.dirname(os.path.abspath(__file__))
LLAMA = {
    "vocab_size": 29, "hidden_size": 16, "intermediate_size": 20, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
    "hidden_act": "silu", "max_position_embeddings": 32, "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "tie_word_embeddings": False,
    "initializer_range": 0.02, "attention_dropout": 0.0, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
}
BIASES = {"attention_bias": False, "mlp_bias": False}
GEMMA = {**LLAMA, "head_dim": 6, "hidden_activation": "gelu_pytorch_tanh", "tie_word_embeddings": True}
GEMMA.pop("hidden_act")
GEMMA2 = {**GEMMA, "query_pre_attn_scalar": 10, "sliding_window": 4, "attn_logit_softcapping": 2.0, "final_logit_softcapping": 3.0, "num_hidden_layers": 3}
GEMMA3 = {**GEMMA, "query_pre_attn_scalar": 9, "sliding_window": 4, "num_hidden_layers": 3}
NEOX = {
    "vocab_size": 29, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2, "hidden_act": "gelu", "rotary_pct": 0.25,
    "rotary_emb_base": 10000, "max_position_embeddings": 32, "layer_norm_eps": 1e-5, "use_parallel_residual": True, "attention_bias": True,
    "tie_word_embeddings": False, "hidden_dropout": 0.0, "attention_dropout": 0.0, "bos_token_id": 1, "eos_token_id": 2,
}
PHI = {
    "vocab_size": 29, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": None, "hidden_act": "gelu_new",
    "partial_rotary_factor": 0.5, "rope_theta": 10000.0, "rope_scaling": None, "max_position_embeddings": 32, "layer_norm_eps": 1e-5, "qk_layernorm": False,
    "tie_word_embeddings": False, "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attention_dropout": 0.0, "bos_token_id": 1, "eos_token_id": 2,
}
OPT = {
    "vocab_size": 29, "hidden_size": 16, "word_embed_proj_dim": 16, "ffn_dim": 20, "num_hidden_layers": 2, "num_attention_heads": 4, "activation_function": "relu",
    "max_position_embeddings": 32, "do_layer_norm_before": True, "_remove_final_layer_norm": False, "enable_bias": True, "layer_norm_elementwise_affine": True,
    "tie_word_embeddings": True, "dropout": 0.1, "attention_dropout": 0.0, "layerdrop": 0.0, "init_std": 0.02, "bos_token_id": 2, "eos_token_id": 2, "pad_token_id": 1,
}
GPT2 = {
    "vocab_size": 29, "n_embd": 16, "n_head": 4, "n_layer": 2, "n_positions": 32, "n_inner": None, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5,
    "scale_attn_weights": True, "scale_attn_by_inverse_layer_idx": False, "tie_word_embeddings": True, "resid_pdrop": 0.1, "embd_pdrop": 0.1, "attn_pdrop": 0.1,
    "bos_token_id": 1, "eos_token_id": 2,
}
LONG = {"type": "longrope", "short_factor": [1.0, 1.1], "long_factor": [1.5, 4.0]}
CASES = {
    "llama-biases-tied": ("llama", {**LLAMA, "attention_bias": True, "mlp_bias": True, "tie_word_embeddings": True, "head_dim": 6, "hidden_act": "gelu_fast"}),
    "llama-linear": ("llama", {**LLAMA, **BIASES, "rope_scaling": {"type": "linear", "factor": 2.5}}),
    "llama-dynamic": ("llama", {**LLAMA, **BIASES, "max_position_embeddings": 8, "head_dim": 8, "rope_scaling": {"rope_type": "dynamic", "factor": 3.0}}),
    "llama-yarn": ("llama", {**LLAMA, **BIASES, "head_dim": 8, "rope_theta": 100.0, "rope_scaling": {
        "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 8, "beta_fast": 2.0, "beta_slow": 0.1}}),
    "llama-yarn-parameters": ("llama", {**{k: v for k, v in LLAMA.items() if k != "rope_theta"}, **BIASES, "head_dim": 8, "rope_parameters": {
        "rope_type": "yarn", "rope_theta": 100.0, "factor": 4.0, "original_max_position_embeddings": 8, "beta_fast": 2.0, "beta_slow": 0.1, "truncate": False,
        "mscale": 1.5, "mscale_all_dim": 0.5}}),
    "llama-llama3": ("llama", {**LLAMA, **BIASES, "head_dim": 8, "rope_theta": 500.0, "rope_scaling": {
        "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 64}}),
    "mistral": ("mistral", {**LLAMA, "head_dim": 6, "sliding_window": 4}),
    "mistral-no-window": ("mistral", {**LLAMA, "sliding_window": None}),
    "qwen2": ("qwen2", {**LLAMA, "num_hidden_layers": 3, "use_sliding_window": True, "sliding_window": 4, "max_window_layers": 2, "tie_word_embeddings": True}),
    "qwen2-no-window": ("qwen2", {**LLAMA, "use_sliding_window": False, "sliding_window": 4, "max_window_layers": 0}),
    "qwen3": ("qwen3", {**{k: v for k, v in LLAMA.items() if k != "rope_theta"}, "head_dim": 6, "attention_bias": False, "use_sliding_window": True, "sliding_window": 3,
                        "max_window_layers": 28, "layer_types": ["sliding_attention", "full_attention"], "rope_parameters": {"rope_type": "default", "rope_theta": 5000.0}}),
    "phi": ("phi", {**PHI, "num_hidden_layers": 2}),
    "phi-qk-norms": ("phi", {**PHI, "num_attention_heads": 4, "num_key_value_heads": 2, "qk_layernorm": True, "rope_scaling": {"type": "linear", "factor": 2.0}}),
    "phi3": ("phi3", {**LLAMA, "num_key_value_heads": 4, "rope_scaling": None, "sliding_window": None, "original_max_position_embeddings": 32}),
    "phi3-longrope": ("phi3", {**LLAMA, "rope_scaling": LONG, "sliding_window": 6, "original_max_position_embeddings": 8}),
    "phi3-longrope-short": ("phi3", {**LLAMA, "num_attention_heads": 2, "num_key_value_heads": 1, "partial_rotary_factor": 0.5, "rope_scaling": LONG, "sliding_window": None,
                                     "original_max_position_embeddings": 12}),
    "gemma": ("gemma", {**GEMMA, "num_key_value_heads": 1}),
    "gemma-older-keys": ("gemma", {**{k: v for k, v in GEMMA.items() if k != "hidden_activation"}, "hidden_act": "gelu", "tie_word_embeddings": False}),
    "gemma2": ("gemma2", GEMMA2),
    "gemma3": ("gemma3_text", {**GEMMA3, "num_hidden_layers": 4, "sliding_window_pattern": 3, "rope_theta": 1e6, "rope_local_base_freq": 1000.0, "rope_scaling": {"rope_type": "linear", "factor": 2.0}}),
    "gemma3-parameters": ("gemma3_text", {**{k: v for k, v in GEMMA3.items() if k != "rope_theta"}, "layer_types": ["full_attention", "sliding_attention", "sliding_attention"],
                                          "final_logit_softcapping": 4.0, "attn_logit_softcapping": 1.0, "rope_parameters": {
                                              "full_attention": {"rope_type": "linear", "factor": 3.0, "rope_theta": 2e5}, "sliding_attention": {"rope_type": "default", "rope_theta": 500.0}}}),
    "gpt-neox": ("gpt_neox", NEOX),
    "gpt-neox-sequential": ("gpt_neox", {**NEOX, "use_parallel_residual": False, "attention_bias": False, "rotary_pct": 0.5, "tie_word_embeddings": True}),
    "opt": ("opt", OPT),
    "opt-post-norm": ("opt", {**OPT, "do_layer_norm_before": False, "word_embed_proj_dim": 10, "activation_function": "gelu", "tie_word_embeddings": False}),
    "opt-no-final-norm": ("opt", {**OPT, "_remove_final_layer_norm": True, "enable_bias": False}),
    "opt-plain-norms": ("opt", {**OPT, "layer_norm_elementwise_affine": False, "enable_bias": False, "activation_function": "gelu"}),
    "olmo2": ("olmo2", {**LLAMA, "attention_bias": False, "rope_scaling": None}),
    "gpt2-variant": ("gpt2", {**GPT2, "n_inner": 24, "activation_function": "quick_gelu", "scale_attn_by_inverse_layer_idx": True, "tie_word_embeddings": False}),
}
CLASSES = {
    "llama": "LlamaForCausalLM", "mistral": "MistralForCausalLM", "qwen2": "Qwen2ForCausalLM", "qwen3": "Qwen3ForCausalLM", "phi": "PhiForCausalLM", "phi3": "Phi3ForCausalLM",
    "gemma": "GemmaForCausalLM", "gemma2": "Gemma2ForCausalLM", "gemma3_text": "Gemma3ForCausalLM", "gpt_neox": "GPTNeoXForCausalLM", "opt": "OPTForCausalLM",
    "olmo2": "Olmo2ForCausalLM", "gpt2": "GPT2LMHeadModel",
}


def rounded(values):
    return [round(v, 6) for v in values.tolist()] if values.dim() == 1 else [rounded(v) for v in values]


def write_weights(path, weights):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name in sorted(weights):
        raw = struct.pack(f"<{weights[name].numel()}h", *weights[name].detach().bfloat16().flatten().view(torch.int16).tolist())
        header[name] = {"dtype": "BF16", "shape": list(weights[name].shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def make(case):
    kind, config = CASES[case]
    config = {"architectures": [CLASSES[kind]], "model_type": kind, **config, "torch_dtype": "bfloat16"}
    model, w, chance = getattr(models, kind), Weights(zlib.crc32(case.encode())), random.Random(case)

    def logits(ids, positions=None, length=None):
        positions = positions or list(range(len(ids)))
        return model(w, config, ids, positions, length or max(positions) + 1)

    # One batch: every row by itself, with the length of the longest where that decides.
    sequences = [[chance.randrange(3, 29) for _ in range(n)] for n in (12, 7, 3)]
    golden = {"computed_by": "generate.py: plain formulas, torch float64 over bfloat16 weights", "sequences": []}
    for ids in sequences:
        z = logits(ids, length=12)
        logp = torch.log_softmax(z, -1)
        golden["sequences"].append({"input_ids": ids, "logits": rounded(z), "next_token_logprobs": rounded(torch.stack([logp[t, ids[t + 1]] for t in range(len(ids) - 1)]))})

    positions = [0, 1, 2, 5, 6, 7, 9]
    golden["positions"] = {"input_ids": sequences[1], "position_ids": positions, "logits": rounded(logits(sequences[1], positions))}

    for weight in w.all.values():
        weight.requires_grad_(True)
    ids = sequences[0]
    logp = torch.log_softmax(logits(ids), -1)
    loss = -torch.stack([logp[t - 1, ids[t]] for t in range(4, 12)]).mean()
    loss.backward()
    golden["loss"] = {"input_ids": ids, "first_target": 4, "loss": loss.item(), "grad_l2_norm": {k: v.grad.norm().item() for k, v in sorted(w.all.items())}}

    with torch.no_grad():
        text, gap = list(sequences[2]), float("inf")
        for _ in range(12):
            top = logits(text)[-1].topk(2)
            gap = min(gap, (top.values[0] - top.values[1]).item())
            text.append(int(top.indices[0]))
    golden["greedy"] = {"prompt": sequences[2], "continuation": text[3:], "min_top1_top2_margin": gap}
    print(f"{case}: loss {loss.item():.4f}, margin {gap:.5f}, largest logit {max(abs(v) for row in golden['sequences'][0]['logits'] for v in row):.2f}")

    folder = os.path.join(HERE, case)
    os.makedirs(folder, exist_ok=True)
    write_weights(os.path.join(folder, "model.safetensors"), w.all)
    with open(os.path.join(folder, "config.json"), "w") as f:
        f.write(json.dumps(config, indent=2, sort_keys=True) + "\n")
    with open(os.path.join(folder, "golden.json"), "w") as f:
        f.write(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for case in sys.argv[1:] or CASES:
        make(case)
