#!/usr/bin/env python3
"""Makes golden.json beside it: a weight [130, 132] given by a formula in whole numbers, and every 41st element of what its NF4 and int8
quantisation mean, by the formulas of docs/algorithms/lora.md in numpy.

Run with Debian's python3-numpy: /usr/bin/python3 generate.py
"""
import json
import os

import numpy as np

LEVELS = np.array([
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0,
    0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0])

i = np.arange(130 * 132)
w = (((i * 7919 + 13) % 2003 - 1001.37) / 1000 * (1 + (i // 64) % 7)).astype(np.float32)


def eight_bits(x, largest):
    """Round to 127ths of the largest; no element is so near a tie that float32 could round otherwise."""
    scaled = x / np.where(largest == 0, 1, largest) * 127
    ties = np.abs(scaled - np.floor(scaled) - 0.5)
    assert ties.min() > 1e-5, ties.min()
    return np.floor(scaled + 0.5) * largest / 127


def nf4(w):
    blocks = np.concatenate([w, np.zeros(-len(w) % 64)]).reshape(-1, 64).astype(np.float64)
    largest = np.abs(blocks).max(1)
    mean = largest.mean()
    offsets = np.concatenate([largest - mean, np.zeros(-len(largest) % 256)]).reshape(-1, 256)
    held = (eight_bits(offsets, np.abs(offsets).max(1, keepdims=True)).ravel()[:len(largest)] + mean)
    x = blocks / np.where(largest == 0, 1, largest)[:, None]
    distance = np.abs(x[..., None] - LEVELS)
    nearest = np.sort(distance, -1)
    assert (nearest[..., 1] - nearest[..., 0]).min() > 1e-6
    return (LEVELS[distance.argmin(-1)] * held[:, None]).ravel()[:len(w)]


def int8(w):
    rows = w.reshape(130, 132).astype(np.float64)
    return eight_bits(rows, np.abs(rows).max(1, keepdims=True)).ravel()


golden = {"computed_by": "generate.py: numpy float64", "every": 41}
for name, values in (("nf4", nf4(w)), ("int8", int8(w))):
    golden[name] = {"values": [round(float(v), 7) for v in values[::41]], "sum_of_squares": float((values ** 2).sum()), "mean_error": float(np.abs(values - w).mean())}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.json"), "w") as f:
    f.write(json.dumps(golden) + "\n")
