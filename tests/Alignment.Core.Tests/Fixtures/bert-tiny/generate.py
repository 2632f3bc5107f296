#!/usr/bin/env python3
"""Makes the files beside it: a tiny random BERT classifier and its numbers, by the formulas of Devlin et al. 2018 in plain torch float64.

Run with Debian's python3-torch: /usr/bin/python3 generate.py
"""
import json
import math
import os
import struct

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
V, D, L, H, INNER, P, SEGMENTS, C = 41, 12, 2, 3, 20, 16, 2, 3
EPS = 1e-12

torch.manual_seed(31)


def draw(*shape, scale=0.3, shift=0.0):
    return (torch.randn(*shape) * scale + shift).float().double().requires_grad_()  # float32 numbers, held as float64


def dense(name, inputs, outputs):
    weights[name + ".weight"] = draw(outputs, inputs)
    weights[name + ".bias"] = draw(outputs)


def norm(name):
    weights[name + ".weight"] = draw(D, shift=1.0)
    weights[name + ".bias"] = draw(D)


weights = {
    "bert.embeddings.word_embeddings.weight": draw(V, D, scale=0.7),
    "bert.embeddings.position_embeddings.weight": draw(P, D),
    "bert.embeddings.token_type_embeddings.weight": draw(SEGMENTS, D),
}
norm("bert.embeddings.LayerNorm")
for i in range(L):
    h = f"bert.encoder.layer.{i}."
    for part in ("query", "key", "value"):
        dense(h + "attention.self." + part, D, D)
    dense(h + "attention.output.dense", D, D)
    norm(h + "attention.output.LayerNorm")
    dense(h + "intermediate.dense", D, INNER)
    dense(h + "output.dense", INNER, D)
    norm(h + "output.LayerNorm")
dense("bert.pooler.dense", D, D)
dense("classifier", D, C)


def linear(x, name):
    return x @ weights[name + ".weight"].t() + weights[name + ".bias"]


def layer_norm(x, name):
    centred = x - x.mean(-1, keepdim=True)
    return centred / torch.sqrt((centred * centred).mean(-1, keepdim=True) + EPS) * weights[name + ".weight"] + weights[name + ".bias"]


def gelu(x):
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


def logits_of(ids, segments, real):
    """One sequence: every head and every query on its own. Padding is seen by nobody, but has a place, and the first place is what counts."""
    x = torch.stack([
        weights["bert.embeddings.word_embeddings.weight"][t] + weights["bert.embeddings.position_embeddings.weight"][p]
        + weights["bert.embeddings.token_type_embeddings.weight"][s] for t, p, s in zip(ids, range(len(ids)), segments)])
    x = layer_norm(x, "bert.embeddings.LayerNorm")
    size = D // H
    seen = [t for t in range(len(ids)) if real[t]]
    for i in range(L):
        h = f"bert.encoder.layer.{i}."
        q, k, v = (linear(x, h + "attention.self." + part) for part in ("query", "key", "value"))
        rows = []
        for t in range(len(ids)):
            parts = []
            for head in range(H):
                at = slice(head * size, (head + 1) * size)
                w = torch.softmax(k[seen][:, at] @ q[t, at] / math.sqrt(size), 0)
                parts.append(w @ v[seen][:, at])
            rows.append(torch.cat(parts))
        x = layer_norm(x + linear(torch.stack(rows), h + "attention.output.dense"), h + "attention.output.LayerNorm")
        x = layer_norm(x + linear(gelu(linear(x, h + "intermediate.dense")), h + "output.dense"), h + "output.LayerNorm")
    return linear(torch.tanh(linear(x[0], "bert.pooler.dense")), "classifier")


def rounded(values):
    return [[round(v, 7) for v in row] for row in values.tolist()]


def gradients(loss):
    grads = torch.autograd.grad(loss, list(weights.values()), allow_unused=True, retain_graph=True)
    return {name: 0.0 if g is None else float(g.norm()) for name, g in zip(weights, grads)}


def loss_case(labels, loss):
    return {"labels": labels, "loss": float(loss), "grad_l2_norm": gradients(loss)}


sequences = [[2, 11, 7, 30, 3, 25, 19, 8, 3], [2, 17, 9, 3], [2, 5, 40, 22, 13, 3]]
segments = [[0, 0, 0, 0, 0, 1, 1, 1, 1], [0] * 4, [0, 0, 0, 1, 1, 1]]
T = 9


def padded(lists, left):
    return [[0] * (T - len(x)) + x if left else x + [0] * (T - len(x)) for x in lists]


ones = [[1] * len(ids) for ids in sequences]
right = torch.stack([logits_of(*row) for row in zip(padded(sequences, False), padded(segments, False), padded(ones, False))])
left = torch.stack([logits_of(*row) for row in zip(padded(sequences, True), padded(segments, True), padded(ones, True))])

log_p = right - torch.logsumexp(right, -1, keepdim=True)
classes = [2, 0, 1]
several = [[0.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
wanted = torch.tensor(several).double()
p = torch.sigmoid(right)
numbers = [[0.5, -1.0, 2.0], [0.0, 0.25, 1.0], [1.5, 1.0, -0.5]]

golden = {
    "right_padded": {"input_ids": padded(sequences, False), "attention_mask": padded(ones, False), "token_type_ids": padded(segments, False), "logits": rounded(right)},
    "left_padded": {"input_ids": padded(sequences, True), "attention_mask": padded(ones, True), "token_type_ids": padded(segments, True), "logits": rounded(left)},
    "single_label_classification": loss_case(classes, -torch.stack([log_p[i, c] for i, c in enumerate(classes)]).mean()),
    "multi_label_classification": loss_case(several, -(wanted * torch.log(p) + (1 - wanted) * torch.log(1 - p)).mean()),
    "regression": loss_case(numbers, ((right - torch.tensor(numbers).double()) ** 2).mean()),
}

config = {
    "architectures": ["BertForSequenceClassification"],
    "attention_probs_dropout_prob": 0.1,
    "classifier_dropout": None,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "hidden_size": D,
    "id2label": {"0": "bad", "1": "fair", "2": "good"},
    "initializer_range": 0.02,
    "intermediate_size": INNER,
    "label2id": {"bad": 0, "fair": 1, "good": 2},
    "layer_norm_eps": EPS,
    "max_position_embeddings": P,
    "model_type": "bert",
    "num_attention_heads": H,
    "num_hidden_layers": L,
    "pad_token_id": 0,
    "position_embedding_type": "absolute",
    "torch_dtype": "float32",
    "type_vocab_size": SEGMENTS,
    "use_cache": True,
    "vocab_size": V,
}

# safetensors: 8 bytes little-endian header length, JSON header, data; float32, by name.
header, data = {"__metadata__": {"format": "pt"}}, b""
for name in sorted(weights):
    raw = b"".join(struct.pack("<f", value) for value in weights[name].detach().flatten().tolist())
    header[name] = {"dtype": "F32", "shape": list(weights[name].shape), "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
with open(os.path.join(HERE, "model.safetensors"), "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)
with open(os.path.join(HERE, "config.json"), "w") as file:
    file.write(json.dumps(config, indent=2) + "\n")
with open(os.path.join(HERE, "golden.json"), "w") as file:
    json.dump(golden, file, indent=1)
    file.write("\n")
