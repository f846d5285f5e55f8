"""Named tensors sorted into layers: which kernel, bias and batch norm belong together, and in which order they stand."""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from core.importing.refusal import refuse, shortly

Array = np.ndarray
MOST_LAYERS = 60
LARGEST_KERNEL = 15  # pixels a side; what is longer counts channels
_RNN = re.compile(r"weight_[ih]h_l\d|lstm|\bgru\b|recurrent_kernel|rnn", re.IGNORECASE)
_ATTENTION = re.compile(r"in_proj_weight|cls_token|pos_embed|self_attn|attention|query|\bqkv\b|to_qkv|transformer", re.IGNORECASE)
_GAN = re.compile(r"\bgenerator|discriminator|\bgen\.|\bnetG|\bnetD|\bdisc\.", re.IGNORECASE)
_VAE = re.compile(r"mu\b|logvar|log_var|decoder|latent|fc_mean", re.IGNORECASE)
_PARTS = {
    "weight": "kernel",
    "kernel": "kernel",
    "kernel:0": "kernel",
    "bias": "bias",
    "bias:0": "bias",
    "W": "kernel",
    "b": "bias",
    "running_std": "variance",
    "running_mean": "mean",
    "running_var": "variance",
    "moving_mean": "mean",
    "moving_mean:0": "mean",
    "moving_variance": "variance",
    "moving_variance:0": "variance",
    "gamma": "gamma",
    "gamma:0": "gamma",
    "beta": "beta",
    "beta:0": "beta",
    "num_batches_tracked": "",
    "depthwise_kernel": "depthwise",
    "depthwise_kernel:0": "depthwise",
    "pointwise_kernel": "pointwise",
    "pointwise_kernel:0": "pointwise",
    "alpha": "slope",
    "alpha:0": "slope",
    "weight_g": "g",
    "weight_v": "v",
    "parametrizations.weight.original0": "g",
    "parametrizations.weight.original1": "v",
    "weight_orig": "kernel",
    "weight_u": "u",
    "parametrizations.weight.original": "kernel",
    "parametrizations.weight.0._u": "u",
    "parametrizations.weight.0._v": "v",
    "weight_mask": "mask",
}


@dataclass(frozen=True)
class Found:
    """One layer with parameters, as its tensors show it."""

    kind: str  # "conv", "dense", "norm" or "prelu"
    name: str
    kernel: Array | None = None  # conv: (out, in / groups, height, width); dense: (inputs, outputs)
    bias: Array | None = None
    norm: Mapping[str, Array] = field(default_factory=dict)  # gamma, beta, mean, variance
    known: Mapping[str, Any] = field(default_factory=dict)  # stride, pad, dilation, groups, epsilon, where the file says them

    @property
    def outputs(self) -> int:
        """Maps or units."""
        if self.kind == "norm":
            return len(self.norm["mean"])
        assert self.kernel is not None
        return self.kernel.shape[0] if self.kind == "conv" else self.kernel.shape[1]

    @property
    def inputs(self) -> int:
        """Channels of one group, or units."""
        assert self.kernel is not None
        return self.kernel.shape[1] if self.kind == "conv" else self.kernel.shape[0]


def natural(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts names by their words and numbers: layer2 before layer10."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", name) if part]


def refuse_others(tensors: Mapping[str, Array], what: str = "") -> None:
    """Refuse what is no network that reads an image and names a class.

    Raises:
        Refused: a recurrent network, a transformer, a generator, an autoencoder.
    """
    names = " ".join(tensors)
    if _RNN.search(names):
        refuse("It is a recurrent network (LSTM, GRU or RNN), which reads images row by row; this app shows dense and convolutional ones.")
    if _ATTENTION.search(names):
        refuse("It is a transformer or has attention layers; this app shows dense and convolutional networks.")
    if _GAN.search(names) or _GAN.search(what):
        refuse("It is a part of a GAN, a generator or a discriminator; this app shows networks that name the class of an image.")


def grouped(tensors: Mapping[str, Array], source: str, known: Mapping[str, Mapping[str, Any]] | None = None) -> list[list[Found]]:
    """Layers of named tensors, one list for each way to read their orientation, in the order of the file.

    Args:
        source: "torch" and "keras" lay kernels out in their own ways; "" is unknown.
        known: name of a layer -> what the file says of it.

    Raises:
        Refused: there is nothing that could be a network.
    """
    tensors = {name: value for name, value in tensors.items() if isinstance(value, np.ndarray) and value.dtype.kind in "fiub"}
    refuse_others(tensors)
    if source:
        layers = _by_stem(tensors, source, known or {})
        if layers is not None:
            return [layers, *_channels_last(layers)] if source == "torch" else [layers]
    return _by_shape(tensors)


def _by_stem(tensors: Mapping[str, Array], source: str, known: Mapping[str, Mapping[str, Any]]) -> list[Found] | None:
    stems: dict[str, dict[str, Array]] = {}
    for name, value in tensors.items():
        normal = re.sub(r"_(W|b|gamma|beta|running_mean|running_std)$", r".\1", name.replace("/", "."))
        part = next((p for p in sorted(_PARTS, key=len, reverse=True) if normal == p or normal.endswith(f".{p}")), None)
        if part is None:
            if value.ndim >= 2:
                return None
            continue
        stem = normal[: -len(part)].rstrip(".")
        if _PARTS[part]:
            stems.setdefault(stem, {})[_PARTS[part]] = value
    layers: list[Found] = []
    for stem, parts in stems.items():
        layers += _layer(stem, parts, source, known.get(stem, {}))
    return layers if any(layer.kind in ("conv", "dense") for layer in layers) else None


def _layer(stem: str, parts: dict[str, Array], source: str, known: Mapping[str, Any]) -> list[Found]:
    if "v" in parts and "g" in parts:  # weight norm
        v = parts["v"].astype(np.float64)
        norm = np.sqrt((v**2).sum(tuple(range(1, v.ndim)), keepdims=True))
        parts["kernel"] = (v / np.maximum(norm, 1e-12) * parts["g"].reshape(norm.shape)).astype(np.float32)
    if {"u", "v", "kernel"} <= parts.keys():  # spectral norm: divided by its largest singular value, as training left it
        flat = parts["kernel"].reshape(len(parts["kernel"]), -1).astype(np.float64)
        if flat.shape == (parts["u"].size, parts["v"].size):
            largest = float(parts["u"].reshape(-1) @ flat @ parts["v"].reshape(-1))
            parts["kernel"] = (parts["kernel"] / (largest or 1.0)).astype(np.float32)
    if "mask" in parts and "kernel" in parts and parts["mask"].shape == parts["kernel"].shape:
        parts["kernel"] = parts["kernel"] * parts["mask"]
    kernel, bias = parts.get("kernel"), parts.get("bias")
    out: list[Found] = []
    if "mean" in parts and "variance" in parts:
        names = {"gamma": parts.get("gamma", kernel), "beta": parts.get("beta", bias)}
        count = parts["mean"].size
        norm_of = {"mean": parts["mean"].reshape(-1), "variance": parts["variance"].reshape(-1)}
        norm_of |= {k: np.ones(count) if v is None and k == "gamma" else np.zeros(count) if v is None else v for k, v in names.items()}
        return [Found("norm", stem, norm=norm_of, known=known)]
    if "depthwise" in parts:
        deep = parts["depthwise"]
        if deep.ndim == 4:
            turned = deep.transpose(2, 3, 0, 1).reshape(-1, 1, *deep.shape[:2])
            own_bias = None if "pointwise" in parts else bias
            out.append(Found("conv", f"{stem}.depthwise", turned, own_bias, known={**known, "groups": deep.shape[2]}))
        kernel = parts.get("pointwise")
        if kernel is None:
            return out
        known = {}
    if kernel is None or kernel.ndim < 2:
        if kernel is not None and kernel.ndim == 1 and bias is None and "slope" not in parts:
            return [Found("prelu", stem, kernel)]
        return [Found("prelu", stem, parts["slope"].reshape(-1))] if "slope" in parts else out
    if kernel.ndim == 3:
        refuse("It has convolutions over one dimension, as for sound or text; this app shows networks that read images.")
    if kernel.ndim == 5:
        refuse("It has convolutions over three dimensions, as for films; this app shows networks that read images.")
    if kernel.ndim == 4:
        first = source == "torch" or (not _is_kernel(kernel, True) and _is_kernel(kernel, False))
        turned = kernel if first else kernel.transpose(3, 2, 0, 1)
        out.append(Found("conv", stem, _f32(turned), _vector(bias), known=known))
    elif kernel.ndim == 2:
        out.append(Found("dense", stem, _f32(kernel.T if source == "torch" else kernel), _vector(bias), known=known))
    return out


def _f32(values: Array) -> Array:
    with np.errstate(over="ignore"):  # a number too large for float32 becomes infinite, and is refused as such later
        return np.ascontiguousarray(values, np.float32)


def _vector(values: Array | None) -> Array | None:
    return None if values is None else _f32(values).reshape(-1)


def _channels_last(layers: list[Found]) -> list[list[Found]]:
    """The same layers with kernels (out, height, width, in), as MLX lays them out; nothing where that cannot be."""
    convs = [layer.kernel for layer in layers if layer.kind == "conv" and layer.kernel is not None]
    if not convs or not all(k.shape[1] == k.shape[2] <= LARGEST_KERNEL for k in convs):
        return []
    turned = {id(k): np.ascontiguousarray(k.transpose(0, 3, 1, 2)) for k in convs}
    return [
        [replace(one, kernel=turned[id(one.kernel)], known={**one.known, "last": True}) if one.kind == "conv" else one for one in layers]
    ]


def _by_shape(tensors: Mapping[str, Array]) -> list[list[Found]]:
    """Kernels by their number of axes, biases by their lengths; both ways in which the kernels may lie."""
    kernels = {n: v for n, v in tensors.items() if v.ndim in (2, 4) and min(v.shape) >= 1 and sum(s > 1 for s in v.shape) >= 2}
    vectors = {n: v.reshape(-1) for n, v in tensors.items() if n not in kernels and v.size > 1 and v.size == max(v.shape, default=0)}
    if not kernels:
        if vectors:
            refuse("It holds biases alone and no matrix of weights; drop it together with the file that holds the weights.")
        refuse("It holds no matrix of weights, so there is no network in it.")
    if len(kernels) > MOST_LAYERS:
        refuse(f"It holds {len(kernels)} matrices of weights; this app shows networks of up to {MOST_LAYERS} layers.")
    ways: list[list[Found]] = []
    convs = [v for v in kernels.values() if v.ndim == 4]
    last = [turned for turned in (False, True) if all(_is_kernel(v, turned) for v in convs)] or [False]
    for turned, by_inputs in itertools.product(last if convs else [False], (False, True)):
        free = dict(vectors)
        layers = []
        for name, value in kernels.items():
            if value.ndim == 4:
                kernel = value.transpose(3, 2, 0, 1) if turned else value
                kind = "conv"
            else:
                kernel = value if by_inputs else value.T
                kind = "dense"
            layer = Found(kind, name, _f32(kernel))
            bias = _bias_of(name, layer.outputs, free)
            layers.append(replace(layer, bias=_vector(free.pop(bias)) if bias else None))
        ways.append(layers)
    return ways


def _is_kernel(value: Array, last: bool) -> bool:
    """Whether four axes can be (height, width, in, out), or (out, in, height, width)."""
    height, width = value.shape[:2] if last else value.shape[2:]
    return max(height, width) <= LARGEST_KERNEL and (height == width or 1 in (height, width) or max(height, width) <= 9)


def _bias_of(name: str, count: int, vectors: Mapping[str, Array]) -> str:
    """The vector that is a kernel's bias: of its length, of its number where names have one, else the next."""
    fitting = [n for n, v in vectors.items() if len(v) == count]
    numbers = re.findall(r"\d+", name)
    same = [n for n in fitting if re.findall(r"\d+", n) == numbers]
    return (same or fitting or [""])[0]


# ---- order


def ordered(layers: list[Found], channels: tuple[int, ...] = (1, 3)) -> list[list[Found]]:
    """Orders in which the layers with kernels can follow each other, the file's own first; at most four.

    Raises:
        Refused: there is none.
    """
    weighted = [layer for layer in layers if layer.kind in ("conv", "dense")]
    if not weighted:
        refuse("It holds no matrix of weights, so there is no network in it.")
    if len(weighted) > MOST_LAYERS:
        refuse(f"It has {len(weighted)} layers with weights; this app shows networks of up to {MOST_LAYERS}, one behind the other.")
    found: list[list[Found]] = []
    for order in (weighted, sorted(weighted, key=lambda one: natural(one.name))):
        convs_first = [one for one in order if one.kind == "conv"] + [one for one in order if one.kind == "dense"]
        if follows(convs_first, channels) and not any(_same(convs_first, other) for other in found):
            found.append(convs_first)
    if not found:
        for order in _search(weighted, channels):
            found.append(order)
            if len(found) == 4:
                break
    return found


def _same(one: list[Found], other: list[Found]) -> bool:
    return [layer.name for layer in one] == [layer.name for layer in other]


def fits(before: Found | None, layer: Found, channels: tuple[int, ...]) -> bool:
    """Whether a layer can read what the one before it gives."""
    if layer.kind == "conv":
        if before is None:
            return layer.inputs in channels
        if before.kind != "conv":
            return False
        groups = before.outputs // layer.inputs
        return before.outputs % layer.inputs == 0 and layer.outputs % max(groups, 1) == 0
    if before is None:
        return layer.inputs >= 16
    if before.kind == "conv":
        return layer.inputs % before.outputs == 0
    return before.outputs == layer.inputs


def follows(order: list[Found], channels: tuple[int, ...]) -> bool:
    """Whether every layer can read what the one before it gives."""
    return all(fits(order[i - 1] if i else None, layer, channels) for i, layer in enumerate(order))


def _search(layers: list[Found], channels: tuple[int, ...]) -> Iterator[list[Found]]:
    budget = [20_000]

    def extend(order: list[Found], left: list[Found]) -> Iterator[list[Found]]:
        budget[0] -= 1
        if budget[0] < 0:
            return
        if not left:
            yield order
            return
        for i, layer in enumerate(left):
            if layer.kind == "dense" and any(one.kind == "conv" for one in left):
                continue
            if fits(order[-1] if order else None, layer, channels):
                yield from extend([*order, layer], left[:i] + left[i + 1 :])

    yield from extend([], layers)


def with_norms(order: list[Found], layers: list[Found]) -> list[tuple[Found, Found | None]]:
    """Each layer with the batch norm (or PReLU) that belongs to it: by its place in the file where that fits, else in turn.

    Raises:
        Refused: a batch norm fits no layer.
    """
    norms = [layer for layer in layers if layer.kind == "norm"]
    if not norms:
        return [(layer, None) for layer in order]
    places = {id(layer): i for i, layer in enumerate(layers)}
    by_place: dict[int, Found] = {}
    sound = True
    for norm in norms:
        below = [layer for layer in order if places[id(layer)] < places[id(norm)]]
        nearest = max(below, key=lambda one: places[id(one)]) if below else None
        if nearest is None or nearest.outputs != norm.outputs or id(nearest) in by_place:
            sound = False
            break
        by_place[id(nearest)] = norm
    if not sound:
        by_place = {}
        at = 0
        for norm in sorted(norms, key=lambda one: natural(one.name)):
            while at < len(order) and order[at].outputs != norm.outputs:
                at += 1
            if at == len(order):
                refuse(f"Its batch norm {shortly(norm.name)} fits none of its layers; this app reads layers one behind the other.")
            by_place[id(order[at])] = norm
            at += 1
    return [(layer, by_place.get(id(layer))) for layer in order]
