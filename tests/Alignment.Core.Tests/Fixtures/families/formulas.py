"""The plain formulas that the families are made of, head by head and query by query, in torch float64."""
import math

import torch


class Weights:
    """Parameters that are drawn when they are first asked for: bfloat16 numbers, held as float64."""

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)
        self.all = {}

    def __call__(self, name, *shape, scale=0.3, shift=0.0):
        if name not in self.all:
            drawn = torch.randn(*shape, generator=self.generator) * scale + shift
            self.all[name] = drawn.bfloat16().double()
        assert list(self.all[name].shape) == list(shape), name
        return self.all[name]

    def norm(self, name, width):
        return self(name, width, shift=1.0)

    def linear(self, x, name, outputs, bias=False):
        y = x @ self(name + ".weight", outputs, x.shape[-1]).t()
        return y + self(name + ".bias", outputs) if bias else y


def rms(x, weight, eps):
    return x / torch.sqrt((x * x).mean(-1, keepdim=True) + eps) * weight


def layer_norm(x, weight, bias, eps):
    centred = x - x.mean(-1, keepdim=True)
    return centred / torch.sqrt((centred * centred).mean(-1, keepdim=True) + eps) * weight + bias


def silu(x):
    return x / (1 + torch.exp(-x))


def gelu(x):
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


def gelu_tanh(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


def quick_gelu(x):
    return x / (1 + torch.exp(-1.702 * x))


def relu(x):
    return torch.where(x > 0, x, torch.zeros_like(x))


def frequencies(base, size):
    return [base ** (-2 * i / size) for i in range(size // 2)]


def dynamic(base, size, factor, context, length):
    """NTK by the length of the longest sequence of the batch."""
    length = max(length, context)
    return frequencies(base * (factor * length / context - (factor - 1)) ** (size / (size - 2)), size)


def yarn(base, size, factor, original, fast=32, slow=1, truncate=True):
    def place(turns):
        return size * math.log(original / (turns * 2 * math.pi)) / (2 * math.log(base))

    low, high = place(fast), place(slow)
    if truncate:
        low, high = math.floor(low), math.ceil(high)
    low, high = max(low, 0), min(high, size - 1)
    if low == high:
        high += 0.001
    result = []
    for i, plain in enumerate(frequencies(base, size)):
        divided = min(max((i - low) / (high - low), 0), 1)
        result.append(plain / factor * divided + plain * (1 - divided))
    return result


def llama3(base, size, factor, low, high, original):
    result = []
    for plain in frequencies(base, size):
        length = 2 * math.pi / plain
        if length < original / high:
            result.append(plain)
        elif length > original / low:
            result.append(plain / factor)
        else:
            kept = (original / length - low) / (high - low)
            result.append((1 - kept) * plain / factor + kept * plain)
    return result


def rotate(x, position, angles, scale=1.0):
    """x: one head of one token; its first 2 * len(angles) numbers turn."""
    half = len(angles)
    result = list(x)
    for i, angle in enumerate(angles):
        c, s = math.cos(position * angle) * scale, math.sin(position * angle) * scale
        result[i] = x[i] * c - x[i + half] * s
        result[i + half] = x[i + half] * c + x[i] * s
    return torch.stack(result)


def attend(q, k, v, scale, window=None, cap=None):
    """q [T, H, d], k and v [T, K, d] -> [T, H * d]; query t sees the keys t - window + 1 to t."""
    time, heads = q.shape[:2]
    shared = heads // k.shape[1]
    rows = []
    for t in range(time):
        first = 0 if window is None else max(0, t - window + 1)
        parts = []
        for h in range(heads):
            scores = k[first:t + 1, h // shared] @ q[t, h] * scale
            if cap is not None:
                scores = cap * torch.tanh(scores / cap)
            parts.append(torch.softmax(scores, 0) @ v[first:t + 1, h // shared])
        rows.append(torch.cat(parts))
    return torch.stack(rows)


def turned(x, positions, angles, scale=1.0):
    """[T, heads, d] with every head of every token turned."""
    return torch.stack([torch.stack([rotate(head, p, angles, scale) for head in token]) for token, p in zip(x, positions)])
