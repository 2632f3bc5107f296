"""Each family as transformers computes it, written down from its formulas. Called with weights, config, ids, positions and the length of the
longest sequence of the batch; gives the logits [T, V]."""
import math

import torch

from formulas import (attend, dynamic, frequencies, gelu, gelu_tanh, layer_norm, llama3, quick_gelu, relu, rms, silu, turned, yarn)

ACTIVATIONS = {"silu": silu, "gelu": gelu, "gelu_new": gelu_tanh, "gelu_pytorch_tanh": gelu_tanh, "gelu_fast": gelu_tanh, "quick_gelu": quick_gelu, "relu": relu}


def angles_of(config, rope, size, base, length):
    """Angles per position and what multiplies cosine and sine, by the dictionary of the rope."""
    kind = (rope or {}).get("rope_type", (rope or {}).get("type", "default"))
    context = config["max_position_embeddings"]
    original = (rope or {}).get("original_max_position_embeddings", config.get("original_max_position_embeddings", context))
    if kind == "linear":
        return [f / rope["factor"] for f in frequencies(base, size)], 1.0
    if kind == "dynamic":
        return dynamic(base, size, rope["factor"], context, length), 1.0
    if kind == "yarn":
        factor = rope["factor"]
        scale = 0.1 * math.log(factor) + 1
        if "mscale" in rope:
            scale = (0.1 * rope["mscale"] * math.log(factor) + 1) / (0.1 * rope["mscale_all_dim"] * math.log(factor) + 1)
        scale = rope.get("attention_factor", scale)
        return yarn(base, size, factor, original, rope.get("beta_fast", 32), rope.get("beta_slow", 1), rope.get("truncate", True)), scale
    if kind == "longrope":
        factors = rope["long_factor"] if length > original else rope["short_factor"]
        return [f / d for f, d in zip(frequencies(base, size), factors)], math.sqrt(1 + math.log(context / original) / math.log(original))
    if kind == "llama3":
        return llama3(base, size, rope["factor"], rope["low_freq_factor"], rope["high_freq_factor"], original), 1.0
    return frequencies(base, size), 1.0


def heads(x, size):
    return x.reshape(x.shape[0], -1, size)


def sizes(c):
    h = c["num_attention_heads"]
    return h, c.get("num_key_value_heads") or h, c.get("head_dim") or c["hidden_size"] // h


def llama_like(w, c, ids, positions, length, qkv_bias=False, out_bias=False, mlp_bias=False, windows=None, head_norms=False, layers=None):
    h, k, d = sizes(c)
    rope = c.get("rope_scaling") or c.get("rope_parameters") or {}
    angles, scale = angles_of(c, rope, d, rope.get("rope_theta", c.get("rope_theta", 10000.0)), length)
    eps, act = c["rms_norm_eps"], ACTIVATIONS[c["hidden_act"]]
    x = w("model.embed_tokens.weight", c["vocab_size"], c["hidden_size"])[ids]
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        n = rms(x, w.norm(p + "input_layernorm.weight", c["hidden_size"]), eps)
        q = heads(w.linear(n, p + "self_attn.q_proj", h * d, qkv_bias), d)
        key = heads(w.linear(n, p + "self_attn.k_proj", k * d, qkv_bias), d)
        v = heads(w.linear(n, p + "self_attn.v_proj", k * d, qkv_bias), d)
        if head_norms:
            q, key = rms(q, w.norm(p + "self_attn.q_norm.weight", d), eps), rms(key, w.norm(p + "self_attn.k_norm.weight", d), eps)
        q, key = turned(q, positions, angles, scale), turned(key, positions, angles, scale)
        mixed = attend(q, key, v, d ** -0.5, windows[i] if windows else None)
        x = x + w.linear(mixed, p + "self_attn.o_proj", c["hidden_size"], out_bias)
        n = rms(x, w.norm(p + "post_attention_layernorm.weight", c["hidden_size"]), eps)
        inner = act(w.linear(n, p + "mlp.gate_proj", c["intermediate_size"], mlp_bias)) * w.linear(n, p + "mlp.up_proj", c["intermediate_size"], mlp_bias)
        x = x + w.linear(inner, p + "mlp.down_proj", c["hidden_size"], mlp_bias)
    x = rms(x, w.norm("model.norm.weight", c["hidden_size"]), eps)
    head = "model.embed_tokens" if c["tie_word_embeddings"] else "lm_head"
    return x @ w(head + ".weight", c["vocab_size"], c["hidden_size"]).t()


def llama(w, c, ids, positions, length):
    return llama_like(w, c, ids, positions, length, c["attention_bias"], c["attention_bias"], c["mlp_bias"])


def mistral(w, c, ids, positions, length):
    return llama_like(w, c, ids, positions, length, windows=[c["sliding_window"]] * c["num_hidden_layers"])


def upper_windows(c):
    types = c.get("layer_types") or ["sliding_attention" if i >= c["max_window_layers"] else "full_attention" for i in range(c["num_hidden_layers"])]
    return [c["sliding_window"] if c["use_sliding_window"] and t == "sliding_attention" else None for t in types]


def qwen2(w, c, ids, positions, length):
    return llama_like(w, c, ids, positions, length, qkv_bias=True, windows=upper_windows(c))


def qwen3(w, c, ids, positions, length):
    bias = c["attention_bias"]
    return llama_like(w, c, ids, positions, length, qkv_bias=bias, out_bias=bias, windows=upper_windows(c), head_norms=True)


def phi(w, c, ids, positions, length):
    h, k, d = sizes(c)
    width, eps, act = c["hidden_size"], c["layer_norm_eps"], ACTIVATIONS[c["hidden_act"]]
    angles, scale = angles_of(c, c.get("rope_scaling"), int(d * c["partial_rotary_factor"]), c["rope_theta"], length)
    x = w("model.embed_tokens.weight", c["vocab_size"], width)[ids]
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        n = layer_norm(x, w.norm(p + "input_layernorm.weight", width), w(p + "input_layernorm.bias", width), eps)
        q = heads(w.linear(n, p + "self_attn.q_proj", h * d, True), d)
        key = heads(w.linear(n, p + "self_attn.k_proj", k * d, True), d)
        v = heads(w.linear(n, p + "self_attn.v_proj", k * d, True), d)
        if c["qk_layernorm"]:
            q = layer_norm(q, w.norm(p + "self_attn.q_layernorm.weight", d), w(p + "self_attn.q_layernorm.bias", d), eps)
            key = layer_norm(key, w.norm(p + "self_attn.k_layernorm.weight", d), w(p + "self_attn.k_layernorm.bias", d), eps)
        mixed = attend(turned(q, positions, angles, scale), turned(key, positions, angles, scale), v, d ** -0.5)
        fed = w.linear(act(w.linear(n, p + "mlp.fc1", c["intermediate_size"], True)), p + "mlp.fc2", width, True)
        x = x + w.linear(mixed, p + "self_attn.dense", width, True) + fed
    x = layer_norm(x, w.norm("model.final_layernorm.weight", width), w("model.final_layernorm.bias", width), eps)
    return w.linear(x, "lm_head", c["vocab_size"], True)


def phi3(w, c, ids, positions, length):
    h, k, d = sizes(c)
    width, eps, inner = c["hidden_size"], c["rms_norm_eps"], c["intermediate_size"]
    angles, scale = angles_of(c, c["rope_scaling"], int(d * c.get("partial_rotary_factor", 1.0)), c["rope_theta"], length)
    x = w("model.embed_tokens.weight", c["vocab_size"], width)[ids]
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        fused = w.linear(rms(x, w.norm(p + "input_layernorm.weight", width), eps), p + "self_attn.qkv_proj", (h + 2 * k) * d)
        q, key, v = heads(fused[:, :h * d], d), heads(fused[:, h * d:(h + k) * d], d), heads(fused[:, (h + k) * d:], d)
        mixed = attend(turned(q, positions, angles, scale), turned(key, positions, angles, scale), v, d ** -0.5, c["sliding_window"])
        x = x + w.linear(mixed, p + "self_attn.o_proj", width)
        both = w.linear(rms(x, w.norm(p + "post_attention_layernorm.weight", width), eps), p + "mlp.gate_up_proj", 2 * inner)
        x = x + w.linear(silu(both[:, :inner]) * both[:, inner:], p + "mlp.down_proj", width)
    x = rms(x, w.norm("model.norm.weight", width), eps)
    return x @ w("model.embed_tokens.weight" if c["tie_word_embeddings"] else "lm_head.weight", c["vocab_size"], width).t()


def gemma_norm(w, x, name, eps):
    return rms(x, 1 + w(name + ".weight", x.shape[-1]), eps)


def gemma_like(w, c, ids, positions, scalar, windows, ropes, around, head_norms, score_cap, final_cap):
    """ropes: angles and scale of each layer."""
    h, k, d = sizes(c)
    width, eps, act = c["hidden_size"], c["rms_norm_eps"], ACTIVATIONS[c.get("hidden_activation") or c["hidden_act"]]
    table = w("model.embed_tokens.weight", c["vocab_size"], width)
    x = table[ids] * math.sqrt(width)
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        n = gemma_norm(w, x, p + "input_layernorm", eps)
        q = heads(w.linear(n, p + "self_attn.q_proj", h * d), d)
        key = heads(w.linear(n, p + "self_attn.k_proj", k * d), d)
        v = heads(w.linear(n, p + "self_attn.v_proj", k * d), d)
        if head_norms:
            q, key = gemma_norm(w, q, p + "self_attn.q_norm", eps), gemma_norm(w, key, p + "self_attn.k_norm", eps)
        q, key = turned(q, positions, *ropes[i]), turned(key, positions, *ropes[i])
        out = w.linear(attend(q, key, v, scalar ** -0.5, windows[i], score_cap), p + "self_attn.o_proj", width)
        x = x + (gemma_norm(w, out, p + "post_attention_layernorm", eps) if around else out)
        n = gemma_norm(w, x, p + ("pre_feedforward_layernorm" if around else "post_attention_layernorm"), eps)
        out = w.linear(act(w.linear(n, p + "mlp.gate_proj", c["intermediate_size"])) * w.linear(n, p + "mlp.up_proj", c["intermediate_size"]), p + "mlp.down_proj", width)
        x = x + (gemma_norm(w, out, p + "post_feedforward_layernorm", eps) if around else out)
    logits = gemma_norm(w, x, "model.norm", eps) @ (table if c["tie_word_embeddings"] else w("lm_head.weight", c["vocab_size"], width)).t()
    return logits if final_cap is None else final_cap * torch.tanh(logits / final_cap)


def gemma(w, c, ids, positions, length):
    layers = c["num_hidden_layers"]
    rope = (frequencies(c["rope_theta"], c["head_dim"]), 1.0)
    return gemma_like(w, c, ids, positions, c["head_dim"], [None] * layers, [rope] * layers, False, False, None, None)


def gemma2(w, c, ids, positions, length):
    layers = c["num_hidden_layers"]
    types = c.get("layer_types") or ["sliding_attention" if i % 2 == 0 else "full_attention" for i in range(layers)]
    windows = [c["sliding_window"] if t == "sliding_attention" else None for t in types]
    rope = (frequencies(c["rope_theta"], c["head_dim"]), 1.0)
    return gemma_like(w, c, ids, positions, c["query_pre_attn_scalar"], windows, [rope] * layers, True, False, c["attn_logit_softcapping"], c["final_logit_softcapping"])


def gemma3_text(w, c, ids, positions, length):
    layers, d = c["num_hidden_layers"], c["head_dim"]
    types = c.get("layer_types") or ["sliding_attention" if (i + 1) % c["sliding_window_pattern"] else "full_attention" for i in range(layers)]
    windows = [c["sliding_window"] if t == "sliding_attention" else None for t in types]
    by_type = c.get("rope_parameters") or {
        "full_attention": {**(c["rope_scaling"] or {}), "rope_theta": c["rope_theta"]}, "sliding_attention": {"rope_theta": c["rope_local_base_freq"]}}
    ropes = [angles_of(c, by_type[t], d, by_type[t]["rope_theta"], length) for t in types]
    return gemma_like(w, c, ids, positions, c["query_pre_attn_scalar"], windows, ropes, True, True, None, c.get("final_logit_softcapping"))


def gpt_neox(w, c, ids, positions, length):
    h, _, d = sizes(c)
    width, eps, act, bias = c["hidden_size"], c["layer_norm_eps"], ACTIVATIONS[c["hidden_act"]], c["attention_bias"]
    angles, scale = angles_of(c, c.get("rope_scaling"), int(d * c["rotary_pct"]), c["rotary_emb_base"], length)

    def norm(x, name):
        return layer_norm(x, w.norm(name + ".weight", width), w(name + ".bias", width), eps)

    x = w("gpt_neox.embed_in.weight", c["vocab_size"], width)[ids]
    for i in range(c["num_hidden_layers"]):
        p = f"gpt_neox.layers.{i}."
        fused = w.linear(norm(x, p + "input_layernorm"), p + "attention.query_key_value", 3 * width, bias)
        q = torch.stack([fused[:, 3 * d * n:3 * d * n + d] for n in range(h)], 1)
        key = torch.stack([fused[:, 3 * d * n + d:3 * d * n + 2 * d] for n in range(h)], 1)
        v = torch.stack([fused[:, 3 * d * n + 2 * d:3 * d * (n + 1)] for n in range(h)], 1)
        mixed = attend(turned(q, positions, angles, scale), turned(key, positions, angles, scale), v, d ** -0.5)
        attended = x + w.linear(mixed, p + "attention.dense", width, bias)
        seen = x if c["use_parallel_residual"] else attended
        inner = act(w.linear(norm(seen, p + "post_attention_layernorm"), p + "mlp.dense_h_to_4h", c["intermediate_size"], True))
        x = attended + w.linear(inner, p + "mlp.dense_4h_to_h", width, True)
    x = norm(x, "gpt_neox.final_layer_norm")
    return x @ w("gpt_neox.embed_in.weight" if c["tie_word_embeddings"] else "embed_out.weight", c["vocab_size"], width).t()


def opt(w, c, ids, positions, length):
    h, _, d = sizes(c)
    width, inside, act, eps, bias = c["hidden_size"], c["word_embed_proj_dim"], ACTIVATIONS[c["activation_function"]], 1e-5, c["enable_bias"]

    def norm(x, name):
        if not c["layer_norm_elementwise_affine"]:
            return layer_norm(x, 1, 0, eps)
        return layer_norm(x, w.norm(name + ".weight", width), w(name + ".bias", width), eps)

    table = w("model.decoder.embed_tokens.weight", c["vocab_size"], inside)
    x = table[ids]
    if inside != width:
        x = w.linear(x, "model.decoder.project_in", width)
    x = x + w("model.decoder.embed_positions.weight", c["max_position_embeddings"] + 2, width)[[p + 2 for p in positions]]
    for i in range(c["num_hidden_layers"]):
        p = f"model.decoder.layers.{i}."
        n = norm(x, p + "self_attn_layer_norm") if c["do_layer_norm_before"] else x
        q, key, v = (heads(w.linear(n, p + f"self_attn.{part}_proj", width, bias), d) for part in "qkv")
        x = x + w.linear(attend(q, key, v, d ** -0.5), p + "self_attn.out_proj", width, bias)
        if not c["do_layer_norm_before"]:
            x = norm(x, p + "self_attn_layer_norm")
        n = norm(x, p + "final_layer_norm") if c["do_layer_norm_before"] else x
        x = x + w.linear(act(w.linear(n, p + "fc1", c["ffn_dim"], bias)), p + "fc2", width, bias)
        if not c["do_layer_norm_before"]:
            x = norm(x, p + "final_layer_norm")
    if c["do_layer_norm_before"] and not c["_remove_final_layer_norm"]:
        x = norm(x, "model.decoder.final_layer_norm")
    if inside != width:
        x = w.linear(x, "model.decoder.project_out", inside)
    return x @ (table if c["tie_word_embeddings"] else w("lm_head.weight", c["vocab_size"], inside)).t()


def olmo2(w, c, ids, positions, length):
    h, k, d = sizes(c)
    width, eps = c["hidden_size"], c["rms_norm_eps"]
    angles, scale = angles_of(c, c.get("rope_scaling"), d, c["rope_theta"], length)
    x = w("model.embed_tokens.weight", c["vocab_size"], width)[ids]
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        q = rms(w.linear(x, p + "self_attn.q_proj", h * d), w.norm(p + "self_attn.q_norm.weight", h * d), eps)
        key = rms(w.linear(x, p + "self_attn.k_proj", k * d), w.norm(p + "self_attn.k_norm.weight", k * d), eps)
        v = heads(w.linear(x, p + "self_attn.v_proj", k * d), d)
        mixed = attend(turned(heads(q, d), positions, angles, scale), turned(heads(key, d), positions, angles, scale), v, d ** -0.5)
        x = x + rms(w.linear(mixed, p + "self_attn.o_proj", width), w.norm(p + "post_attention_layernorm.weight", width), eps)
        inner = silu(w.linear(x, p + "mlp.gate_proj", c["intermediate_size"])) * w.linear(x, p + "mlp.up_proj", c["intermediate_size"])
        x = x + rms(w.linear(inner, p + "mlp.down_proj", width), w.norm(p + "post_feedforward_layernorm.weight", width), eps)
    x = rms(x, w.norm("model.norm.weight", width), eps)
    return x @ w("model.embed_tokens.weight" if c["tie_word_embeddings"] else "lm_head.weight", c["vocab_size"], width).t()


def gpt2(w, c, ids, positions, length):
    h = c["n_head"]
    width, eps, act = c["n_embd"], c["layer_norm_epsilon"], ACTIVATIONS[c["activation_function"]]
    d, inner = width // h, c["n_inner"] or 4 * width

    def norm(x, name):
        return layer_norm(x, w.norm(name + ".weight", width), w(name + ".bias", width), eps)

    def conv(x, name, outputs):
        return x @ w(name + ".weight", x.shape[-1], outputs) + w(name + ".bias", outputs)

    table = w("transformer.wte.weight", c["vocab_size"], width)
    x = table[ids] + w("transformer.wpe.weight", c["n_positions"], width)[positions]
    for i in range(c["n_layer"]):
        p = f"transformer.h.{i}."
        q, key, v = (heads(part, d) for part in conv(norm(x, p + "ln_1"), p + "attn.c_attn", 3 * width).split(width, 1))
        scale = (d ** -0.5 if c["scale_attn_weights"] else 1.0) / (i + 1 if c["scale_attn_by_inverse_layer_idx"] else 1)
        x = x + conv(attend(q, key, v, scale), p + "attn.c_proj", width)
        x = x + conv(act(conv(norm(x, p + "ln_2"), p + "mlp.c_fc", inner)), p + "mlp.c_proj", width)
    return norm(x, "transformer.ln_f") @ (table if c["tie_word_embeddings"] else w("lm_head.weight", c["vocab_size"], width)).t()
