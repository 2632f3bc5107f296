#!/usr/bin/env python3
"""Makes the adapter folders beside it, and their numbers: LoRA, rsLoRA and DoRA applied layer by layer, unmerged, as PEFT's documentation
gives the formulas, in plain torch float64 over the weights of ../llama-tiny and ../gpt2-tiny.

Run with Debian's python3-torch: /usr/bin/python3 generate.py
"""
import json
import math
import os
import struct

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(11)


def read_weights(folder):
    with open(os.path.join(HERE, "..", folder, "model.safetensors"), "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        data = f.read()
    out = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = entry["data_offsets"]
            values = struct.unpack(f"<{(end - begin) // 4}f", data[begin:end])
            out[name] = torch.tensor(values, dtype=torch.float64).reshape(entry["shape"])
    return out


class Adapter:
    """Updates of one model: A, B, m by module name."""

    def __init__(self, weights, modules, rank, alpha, rslora=False, dora=False, transposed=False, rank_of=None, alpha_of=None):
        self.w, self.transposed, self.state, self.scaling = weights, transposed, {}, {}
        for name in modules:
            r = next((v for k, v in (rank_of or {}).items() if name.endswith(k)), rank)
            a = next((v for k, v in (alpha_of or {}).items() if name.endswith(k)), alpha)
            base = self.matrix(name)  # [out, in]
            self.scaling[name] = a / math.sqrt(r) if rslora else a / r
            self.state[name + ".lora_A.weight"] = (torch.randn(r, base.shape[1]) * 0.2).float().double()
            self.state[name + ".lora_B.weight"] = (torch.randn(base.shape[0], r) * 0.2).float().double()
            if dora:
                self.state[name + ".lora_magnitude_vector"] = (base.norm(dim=1) * (1 + 0.2 * torch.randn(base.shape[0]))).float().double()
        for t in self.state.values():
            t.requires_grad_(True)

    def matrix(self, name):
        return self.w[name + ".weight"].t() if self.transposed else self.w[name + ".weight"]

    def linear(self, x, name):
        base = x @ self.matrix(name).t()
        bias = self.w.get(name + ".bias", 0)
        if name not in self.scaling:
            return base + bias
        a, b, s = self.state[name + ".lora_A.weight"], self.state[name + ".lora_B.weight"], self.scaling[name]
        update = (x @ a.t()) @ b.t() * s
        if name + ".lora_magnitude_vector" not in self.state:
            return base + update + bias
        norm = (self.matrix(name) + s * b @ a).norm(dim=1).detach()
        scale = self.state[name + ".lora_magnitude_vector"] / norm
        return scale * base + scale * update + bias


def attend(q, k, v):
    """One head: [T, hd] each."""
    scores = q @ k.t() / math.sqrt(q.shape[1])
    seen = torch.ones_like(scores).tril().bool()
    return torch.softmax(scores.masked_fill(~seen, -math.inf), -1) @ v


def gpt2(ids, adapter):
    w, heads, eps = adapter.w, 4, 1e-5
    norm = lambda x, n: (x - x.mean(-1, keepdim=True)) / torch.sqrt(x.var(-1, unbiased=False, keepdim=True) + eps) * w[n + ".weight"] + w[n + ".bias"]
    gelu = lambda x: 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    x = w["transformer.wte.weight"][ids] + w["transformer.wpe.weight"][:len(ids)]
    for i in range(3):
        h = f"transformer.h.{i}."
        q, k, v = adapter.linear(norm(x, h + "ln_1"), h + "attn.c_attn").chunk(3, -1)
        mixed = torch.cat([attend(*p) for p in zip(q.chunk(heads, -1), k.chunk(heads, -1), v.chunk(heads, -1))], -1)
        x = x + adapter.linear(mixed, h + "attn.c_proj")
        x = x + adapter.linear(gelu(adapter.linear(norm(x, h + "ln_2"), h + "mlp.c_fc")), h + "mlp.c_proj")
    return norm(x, "transformer.ln_f") @ w["transformer.wte.weight"].t()


def llama(ids, adapter):
    w, heads, groups, size, eps, base = adapter.w, 6, 3, 8, 1e-5, 20000.0
    norm = lambda x, weight: x / torch.sqrt((x * x).mean(-1, keepdim=True) + eps) * weight
    angles = torch.arange(len(ids), dtype=torch.float64)[:, None] * base ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    cos, sin = angles.cos(), angles.sin()

    def rotate(x):
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

    x = w["model.embed_tokens.weight"][ids]
    for i in range(2):
        h = f"model.layers.{i}."
        y = norm(x, w[h + "input_layernorm.weight"])
        q, k, v = (adapter.linear(y, h + f"self_attn.{n}_proj").split(size, -1) for n in "qkv")
        mixed = torch.cat([attend(rotate(q[j]), rotate(k[j * groups // heads]), v[j * groups // heads]) for j in range(heads)], -1)
        x = x + adapter.linear(mixed, h + "self_attn.o_proj")
        y = norm(x, w[h + "post_attention_layernorm.weight"])
        gate = adapter.linear(y, h + "mlp.gate_proj")
        x = x + adapter.linear(gate * torch.sigmoid(gate) * adapter.linear(y, h + "mlp.up_proj"), h + "mlp.down_proj")
    return norm(x, w["model.norm.weight"]) @ w["lm_head.weight"].t()


def write(folder, base, forward, adapter, ids, saved=(), **config):
    for name in saved:  # modules_to_save: another weight in place of the base's
        adapter.w[name] = (adapter.w[name] * (1 + 0.1 * torch.randn(adapter.w[name].shape))).float().double().requires_grad_(True)
        adapter.state[name] = adapter.w[name]
    logits = forward(ids, adapter)
    logp = torch.log_softmax(logits, -1)
    loss = -torch.stack([logp[t - 1, ids[t]] for t in range(3, len(ids))]).mean()
    loss.backward()
    path = os.path.join(HERE, folder)
    os.makedirs(path, exist_ok=True)
    golden = {
        "computed_by": "generate.py: plain formulas, torch float64 over float32 weights", "input_ids": ids, "first_target": 3,
        "logits": [[round(v, 6) for v in row] for row in logits.tolist()], "loss": loss.item(),
        "grad_l2_norm": {f"base_model.model.{k}": t.grad.norm().item() for k, t in adapter.state.items()},
    }
    with open(os.path.join(path, "golden.json"), "w") as f:
        f.write(json.dumps(golden) + "\n")
    full = {"peft_type": "LORA", "base_model_name_or_path": base, "bias": "none", "task_type": "CAUSAL_LM", "inference_mode": True, **config}
    with open(os.path.join(path, "adapter_config.json"), "w") as f:
        f.write(json.dumps(full, indent=2, sort_keys=True) + "\n")
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for k in sorted(adapter.state):
        t = adapter.state[k].detach().flatten().tolist()
        raw = struct.pack(f"<{len(t)}f", *t)
        header["base_model.model." + k] = {"dtype": "F32", "shape": list(adapter.state[k].shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(path, "adapter_model.safetensors"), "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


IDS = [5, 17, 29, 3, 44, 8, 51, 23]
weights = read_weights("gpt2-tiny")
every = [f"transformer.h.{i}.{m}" for i in range(3) for m in ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")]
write("gpt2-lora", "../../gpt2-tiny", gpt2, Adapter(weights, every, 2, 3, transposed=True), IDS,
      r=2, lora_alpha=3, lora_dropout=0.1, target_modules=["c_attn", "c_fc", "c_proj"], fan_in_fan_out=True)
write("gpt2-dora", "../../gpt2-tiny", gpt2, Adapter(weights, [m for m in every if "attn.c_proj" not in m], 2, 4, dora=True, transposed=True), IDS,
      r=2, lora_alpha=4, target_modules=["c_attn", "c_fc", "mlp.c_proj"], use_dora=True, fan_in_fan_out=True)
weights = read_weights("llama-tiny")
some = [f"model.layers.{i}.{m}" for i in range(2) for m in ("self_attn.q_proj", "self_attn.v_proj", "mlp.down_proj")]
write("llama-rslora", "../../llama-tiny", llama, Adapter(weights, some, 2, 3, rslora=True, rank_of={"v_proj": 1}, alpha_of={"1.mlp.down_proj": 5}), IDS,
      saved=["model.norm.weight"], r=2, lora_alpha=3, use_rslora=True, target_modules=r".*(q_proj|v_proj|down_proj)", rank_pattern={"v_proj": 1},
      alpha_pattern={r"layers\.1\.mlp\.down_proj": 5}, modules_to_save=["norm"])
