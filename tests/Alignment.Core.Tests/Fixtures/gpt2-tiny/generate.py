#!/usr/bin/env python3
"""Makes the files beside it: a tiny random GPT-2 and its numbers, by the formulas of Radford et al. 2019 in plain torch float64.

Run with Debian's python3-torch: /usr/bin/python3 generate.py
"""
import json
import math
import os
import random
import struct

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
V, D, L, H, P = 61, 24, 3, 4, 32
EPS = 1e-5

torch.manual_seed(20)
random.seed(20)


def draw(*shape, scale=0.3, shift=0.0):
    return (torch.randn(*shape) * scale + shift).float().double()  # float32 numbers, held as float64


weights = {"transformer.wte.weight": draw(V, D), "transformer.wpe.weight": draw(P, D, scale=0.2)}
for i in range(L):
    h = f"transformer.h.{i}."
    weights[h + "ln_1.weight"] = draw(D, shift=1.0)
    weights[h + "ln_1.bias"] = draw(D)
    weights[h + "attn.c_attn.weight"] = draw(D, 3 * D)  # Conv1D: [in, out]
    weights[h + "attn.c_attn.bias"] = draw(3 * D)
    weights[h + "attn.c_proj.weight"] = draw(D, D)
    weights[h + "attn.c_proj.bias"] = draw(D)
    weights[h + "ln_2.weight"] = draw(D, shift=1.0)
    weights[h + "ln_2.bias"] = draw(D)
    weights[h + "mlp.c_fc.weight"] = draw(D, 4 * D)
    weights[h + "mlp.c_fc.bias"] = draw(4 * D)
    weights[h + "mlp.c_proj.weight"] = draw(4 * D, D)
    weights[h + "mlp.c_proj.bias"] = draw(D)
weights["transformer.ln_f.weight"] = draw(D, shift=1.0)
weights["transformer.ln_f.bias"] = draw(D)


def layer_norm(x, name):
    centred = x - x.mean(-1, keepdim=True)
    return centred / torch.sqrt((centred * centred).mean(-1, keepdim=True) + EPS) * weights[name + ".weight"] + weights[name + ".bias"]


def gelu_new(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


def logits_of(ids, positions):
    """One sequence without padding: every head and every query on its own."""
    x = torch.stack([weights["transformer.wte.weight"][t] + weights["transformer.wpe.weight"][p] for t, p in zip(ids, positions)])
    for i in range(L):
        h = f"transformer.h.{i}."
        a = layer_norm(x, h + "ln_1") @ weights[h + "attn.c_attn.weight"] + weights[h + "attn.c_attn.bias"]
        size = D // H
        rows = []
        for t in range(len(ids)):
            parts = []
            for head in range(H):
                q = a[t, head * size:(head + 1) * size]
                k = a[:t + 1, D + head * size:D + (head + 1) * size]
                v = a[:t + 1, 2 * D + head * size:2 * D + (head + 1) * size]
                w = torch.softmax(k @ q / math.sqrt(size), 0)
                parts.append(w @ v)
            rows.append(torch.cat(parts))
        x = x + torch.stack(rows) @ weights[h + "attn.c_proj.weight"] + weights[h + "attn.c_proj.bias"]
        m = gelu_new(layer_norm(x, h + "ln_2") @ weights[h + "mlp.c_fc.weight"] + weights[h + "mlp.c_fc.bias"])
        x = x + m @ weights[h + "mlp.c_proj.weight"] + weights[h + "mlp.c_proj.bias"]
    return layer_norm(x, "transformer.ln_f") @ weights["transformer.wte.weight"].t()


def rounded(values):
    return [[round(v, 7) for v in row] for row in values.tolist()]


sequences = [[random.randrange(V) for _ in range(n)] for n in (17, 9, 4)]
golden = {
    "computed_by": "generate.py: plain formulas, torch float64 over float32 weights",
    "sequences": [{"input_ids": ids, "logits": rounded(logits_of(ids, range(len(ids))))} for ids in sequences],
}

for w in weights.values():
    w.requires_grad_(True)
ids, counted = sequences[0], list(range(6, 17))
logp = torch.log_softmax(logits_of(ids, range(len(ids))), -1)
loss = -torch.stack([logp[t - 1, ids[t]] for t in counted]).mean()
loss.backward()
golden["loss"] = {"input_ids": ids, "first_target": 6, "loss": loss.item(), "grad_l2_norm": {k: w.grad.norm().item() for k, w in weights.items()}}

with torch.no_grad():
    text, gap = list(sequences[2]), float("inf")
    for _ in range(20):
        last = logits_of(text, range(len(text)))[-1]
        top = last.topk(2).values
        gap = min(gap, (top[0] - top[1]).item())
        text.append(int(last.argmax()))
golden["greedy"] = {"prompt": sequences[2], "continuation": text[len(sequences[2]):], "min_top1_top2_margin": gap}
with open(os.path.join(HERE, "golden.json"), "w") as f:
    json.dump(golden, f)
    f.write("\n")

config = {
    "activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1, "bos_token_id": 1, "embd_pdrop": 0.1,
    "eos_token_id": 2, "initializer_range": 0.02, "layer_norm_epsilon": EPS, "model_type": "gpt2", "n_ctx": P, "n_embd": D, "n_head": H,
    "n_inner": None, "n_layer": L, "n_positions": P, "resid_pdrop": 0.1, "task_specific_params": {"text-generation": {"do_sample": True}},
    "vocab_size": V,
}
with open(os.path.join(HERE, "config.json"), "w") as f:
    f.write(json.dumps(config, indent=2, sort_keys=True) + "\n")

# As old files have it: the causal mask and a constant stored beside the weights.
entries = {k: ("F32", list(w.shape), struct.pack(f"<{w.numel()}f", *w.detach().flatten().tolist())) for k, w in weights.items()}
for i in range(L):
    mask = bytes(1 if c <= r else 0 for r in range(P) for c in range(P))
    entries[f"transformer.h.{i}.attn.bias"] = ("U8", [1, 1, P, P], mask)
    entries[f"transformer.h.{i}.attn.masked_bias"] = ("F32", [], struct.pack("<f", -10000.0))
header, data = {"__metadata__": {"format": "pt"}}, b""
for k in sorted(entries, key=lambda k: (entries[k][0] != "F32", k)):
    kind, shape, raw = entries[k]
    header[k] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
with open(os.path.join(HERE, "model.safetensors"), "wb") as f:
    f.write(struct.pack("<Q", len(text)) + text + data)
