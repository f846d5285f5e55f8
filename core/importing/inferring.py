"""Named tensors without an architecture: the questions that their shapes leave open, and the network of each set of answers."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from core.importing.chain import FIRST, LAST, Chain
from core.importing.layers import Found, grouped, ordered, with_norms
from core.importing.layouts import POOLS, Layout, grid, layouts
from core.importing.refusal import Refused, refuse
from core.importing.trying import SCALES, Puzzle, Question
from core.specs import STEPS, Step

Pair = tuple[Found, Found | None]
ACTIVATIONS: dict[str, tuple[str, dict[str, Any]]] = {  # words -> step and its options
    "ReLU": ("relu", {}),
    "tanh": ("tanh", {}),
    "sigmoid": ("sigmoid", {}),
    "ELU": ("elu", {}),
    "leaky ReLU 0.01": ("leaky", {"value": 0.01}),
    "leaky ReLU 0.1": ("leaky", {"value": 0.1}),
    "leaky ReLU 0.2": ("leaky", {"value": 0.2}),
    "leaky ReLU 0.3": ("leaky", {"value": 0.3}),
    "GELU": ("gelu", {}),
    "SELU": ("selu", {}),
    "SiLU": ("silu", {}),
    "softplus": ("softplus", {}),
    "square": ("square", {}),
    "sine": ("sine", {}),
    "none": ("", {}),
}
FITS = {"scale": "images scaled", "pad": "images laid into the middle", "box": "the middle 20 pixels scaled"}
MOST_CLASSES = 300  # more outputs are an image's pixels, or features
SIDES = (28, 32, 14, 8, 16, 20, 24, 26, 27, 29, 30, 36, 40, 48, 56, 64, 96, 128, 224)


@dataclass
class Hints:
    """What a file says of its architecture besides the tensors."""

    source: str = ""  # "torch", "keras" or unknown
    known: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # layer -> stride, pad, dilation, groups, epsilon
    activations: Sequence[str] = ()  # words of ACTIVATIONS that occur
    pools: Sequence[str] | None = None  # keys of POOLS that occur
    pool_kind: str = ""
    epsilon: float = 0.0
    turned: bool | None = None  # whether kernels are likely turned, as Theano's are; None: they are not


def puzzle(tensors: Mapping[str, np.ndarray], hints: Hints, side: int, channels: int, classes: int) -> Puzzle:
    """The questions that tensors leave open.

    Args:
        side: of the data set's images, pixels.
        channels: of the data set's images.
        classes: of the data set; a network may have more outputs and not fewer.

    Raises:
        Refused: the tensors are no network that reads images and names classes, in a sentence that says what they are.
    """
    if hints.source == "torch" and any(re.search(r"[./]kernel$", name) for name in tensors):  # JAX and Keras call them so
        hints = replace(hints, source="keras")
    ways = grouped(tensors, hints.source, hints.known)
    orders: list[list[Pair]] = []
    trouble: Refused | None = None
    for layers in ways:
        for order in ordered(layers):
            try:
                orders.append(with_norms(order, layers))
            except Refused as refused:
                trouble = refused
    if not orders:
        raise trouble or Refused(_unchained([one for one in ways[0] if one.kind in ("conv", "dense")]))
    usable = [pairs for pairs in orders if pairs[-1][0].outputs >= classes]
    if not usable:
        _refuse_outputs(orders[0], classes)
    if usable[0][-1][0].outputs > MOST_CLASSES:
        _refuse_outputs(usable[0], classes)
    groups: dict[tuple[Any, ...], list[list[Pair]]] = {}
    for pairs in usable:
        groups.setdefault(tuple(p[0].kernel.shape for p in pairs if p[0].kind == "conv" and p[0].kernel is not None), []).append(pairs)
    for group in groups.values():
        try:
            return _Builder(group[:4], hints, side, channels).puzzle()
        except Refused as refused:
            trouble = trouble or refused
    raise trouble or Refused(_unchained([pair[0] for pair in usable[0]]))


def _unchained(layers: list[Found]) -> str:
    words = ", ".join(f"{one.kind} {one.inputs}→{one.outputs}" for one in layers[:6]) + (", ..." if len(layers) > 6 else "")
    names = " ".join(one.name for one in layers)
    first = next((one for one in layers if one.kind == "dense"), None)
    if first is not None and any(one.outputs == first.inputs for one in layers if one.kind == "dense" and one.outputs >= 400):
        return "It gives back as many values as an image has pixels: it is an autoencoder; this app shows networks that name classes."
    if re.search("downsample|shortcut|layer1.0|residual|block", names):
        return (
            f"Its layers ({words}) do not follow one another: it has branches that meet again, as residual networks do; "
            "this app shows networks whose layers stand one behind the other."
        )
    if len(layers) == 1 and layers[0].kind == "conv":
        return "It holds one convolution alone and no layer that names classes."
    return f"Its layers ({words}) do not fit one behind the other from an image to classes; this app shows networks that do."


def _refuse_outputs(pairs: list[Pair], classes: int) -> None:
    last, first = pairs[-1][0], pairs[0][0]
    n = last.outputs
    if n == 1:
        refuse("It ends in one number: it tells two kinds apart, as a GAN's discriminator does, or gives a value; this app needs classes.")
    if n >= 400:
        kind = "an autoencoder or a generator" if first.inputs * (first.kind == "dense") in (n, 0) or first.inputs == n else "a generator"
        refuse(f"It ends in {n:,} values, as many as an image has pixels: it is {kind}; this app shows networks that name classes.")
    refuse(f"It ends in {n} values, and the data set has {classes} classes; choose a data set with at most {n}, or bring another network.")


class _Builder:
    def __init__(self, orders: list[list[Pair]], hints: Hints, side: int, channels: int) -> None:
        self.orders, self.hints, self.side, self.channels = orders, hints, side, channels
        self.questions: list[Question] = []
        self.found: list[tuple[Layout, str]] = []
        self.groups: dict[str, list[int]] = {}
        self.notes: list[str] = []
        self.unknown = not hints.source

    def puzzle(self) -> Puzzle:
        first = self.orders[0]
        if len(self.orders) > 1:
            names = {i: " → ".join(f"{p[0].name} {p[0].inputs}x{p[0].outputs}" for p in pairs) for i, pairs in enumerate(self.orders)}
            self.ask("order", "Order and orientation of the layers", names, joint=4)
        convs = [layer for layer, _ in first if layer.kind == "conv"]
        dense = [layer for layer, _ in first if layer.kind == "dense"]
        if convs:
            convs = _with_slots(first)
            self.ask_layouts(convs, dense[0].inputs if dense else 0)
        self.scaling()
        self.ask_activations(first, convs, dense)
        if convs and any(place.pool for one, _ in self.found for place in one.places):
            kinds = {"maxpool": "max-pool", "avgpool": "average pool"}
            if self.hints.pool_kind:
                kinds = {self.hints.pool_kind: kinds[self.hints.pool_kind]}
            self.ask("pool", "Kind of pool", kinds)
            if any(place.pool.startswith("to ") for one, _ in self.found for place in one.places):
                self.ask("last pool", "Kind of the last pool", {"avgpool": "average pool", "maxpool": "max-pool"})
        if any(norm is not None and norm.kind == "norm" for _, norm in first):
            places = {"before": "before the activation", "after": "after the activation"}
            if convs:
                places["pooled"] = "after the pool"
            gaps = {_gap(layer.name, norm.name) for layer, norm in first if norm is not None}
            self.ask("norm", "Batch norm", places, "after" if gaps == {2} else "before", joint=3)
        if dense and convs and (self.hints.source != "torch" or convs[0].known.get("last")):
            orders = {"last": "rows, columns, channels (channels last)", "first": "channels, rows, columns (channels first)"}
            self.ask("flatten", "Order of the flattened maps", orders, joint=2)
            if self.hints.turned is not None:
                turns = {False: "as they are", True: "turned by 180 degrees (Theano)"}
                self.ask("turned", "Kernels", turns, self.hints.turned, joint=2)
        if not convs and self.flat_start(first[0][0].inputs).size[1] != self.side:
            self.ask("fit", f"Images of another size than {self.side}x{self.side}", FITS, joint=3)
        if not convs or first[-1][0].outputs != 10:
            self.ask("transposed", "Rows and columns of the image", {False: "row by row", True: "column by column"})
        together = [q for q in self.questions if q.joint]
        if len(together) == 1:  # what stands alone can be tried more widely at once
            together[0].joint = 16
        return Puzzle(self.questions, self.build, self.notes)

    def ask(self, name: str, title: str, options: Mapping[Any, str], default: Any = None, usual: int = 99, joint: int = 0) -> None:
        self.questions.append(Question(name, title, dict(options), default, usual, joint=joint))

    def scaling(self) -> None:
        self.questions.append(Question("scaling", "Scaling of the input", {name: name for name in SCALES}, usual=7, even=4))

    def ask_layouts(self, convs: list[Found], values: int) -> None:
        sides = sorted(set(SIDES) | {self.side}, key=lambda n: (n != self.side, SIDES.index(n) if n in SIDES else 0))
        found: list[tuple[float, Layout, str]] = []  # cost, layout, how images of another size are fitted
        for side in sides:
            each = layouts(convs, values, side, self.hints.source == "keras", self.hints.pools)
            if not each and self.hints.pools is not None:
                each = layouts(convs, values, side, self.hints.source == "keras")
            if side == self.side:
                found += [(one.cost, one, "") for one in each]
                five = convs[0].kernel is not None and max(convs[0].kernel.shape[2:]) == 5  # LeNet's, which was made for 32 pixels
                if each and values and each[0].cost < 4 and not five:
                    break
                continue
            usual = FITS if side >= self.side else dict(reversed(FITS.items()))
            found += [(one.cost + odd, one, fit) for one in each[:6] for fit, odd in zip(usual, (0.6, 0.9, 2.5), strict=True)]
            if len(found) > 24:
                break
        if not found:
            last = convs[-1].outputs
            refuse(
                f"Its first dense layer reads {values:,} values, and no usual placing of strides, padding and pools brings {last} maps of "
                f"{self.side}x{self.side} pixels to that; bring the network with its architecture (Keras, ONNX or TorchScript)."
            )
        found.sort(key=lambda one: one[0])
        self.found = [(layout, fit) for _, layout, fit in found[:48]]
        words = {i: layout.text + (f" ({FITS[fit]})" if fit else "") for i, (layout, fit) in enumerate(self.found)}
        self.ask("layout", "Strides, padding and pools", words, usual=24, joint=8)

    def ask_activations(self, pairs: list[Pair], convs: list[Found], dense: list[Found]) -> None:
        if len(pairs) < 2:
            return
        hinted = [name for name in self.hints.activations if name in ACTIVATIONS and name != "none"]
        names = list(dict.fromkeys([*hinted, *ACTIVATIONS]))
        if hinted:
            names = [*hinted, *(n for n in names if n == "none")]
        self.ask("activation", "Activation", {name: name for name in names}, usual=max(5, len(hinted)))
        if convs and len(dense) > 1:
            self.ask("dense activation", "Activation of the dense layers", {"same": "the same", **{n: n for n in names}}, usual=4)
        gaps = [_gap(pairs[i][0].name, pairs[i + 1][0].name) for i in range(len(pairs) - 1)]
        uneven = len({gap for gap in gaps if gap}) > 1
        for i, (layer, _) in enumerate(pairs[:-1]):
            self.groups.setdefault(_group(layer.name), []).append(i)
        if len(pairs) > 2 and len(self.groups) <= 16:
            for name in self.groups:
                beside = uneven and all(gaps[i] == 1 for i in self.groups[name])  # numbers that follow each other leave no room between
                quiet = bool(re.search("pool|down", name)) or beside
                options = {True: "an activation follows", False: "none follows"}
                title = "After every layer" if len(self.groups) == 1 else f"After layer {name}"
                self.ask(f"after {name}", title, options, default=not quiet)

    # ---- the network of a reading

    def build(self, reading: Mapping[str, Any]) -> tuple[Chain, Step]:
        pairs = self.orders[reading.get("order", 0)]
        convs = [layer for layer, _ in pairs if layer.kind == "conv"]
        layout, fit = self.found[reading["layout"]] if convs else (None, reading.get("fit", ""))
        channels = convs[0].inputs if convs else 1
        flags: tuple[str, ...] = ()
        if layout is not None:
            size = (channels, layout.side, layout.side)
            chain = Chain(size, (), size, FIRST)
            flags = ("transposed",) if reading.get("transposed") else ()
        else:
            chain = self.flat_start(pairs[0][0].inputs)
            size = chain.size
            flags = ("transposed",) if reading.get("transposed") else ()
        factor, shift, more = SCALES[reading["scaling"]]
        fit = "" if size[1:] == (self.side, self.side) else fit
        given = Step("input", size[0], size[1:], value=factor, shift=shift, mode=fit, flags=tuple(sorted((*flags, *more), reverse=True)))
        at = 0
        for i, (layer, norm) in enumerate(pairs):
            last = i == len(pairs) - 1
            if layer.kind == "conv":
                assert layout is not None
                chain = self.conv(chain, layer, norm, reading, layout, at, i, last)
                at += 1
            else:
                if len(chain.axes) > 1 and i:
                    chain = replace(chain, axes=LAST if reading.get("flatten") == "last" else FIRST).flatten()
                assert layer.kernel is not None
                chain = chain.dense(layer.kernel, layer.bias)
                chain = self.after(chain, norm, reading, i, last)
        if chain.shape[1:] != (1, 1):
            chain = chain.pool(reading.get("last pool", "avgpool"), None)
        return chain.softmax(), given

    def flat_start(self, values: int) -> Chain:
        for channels in (self.channels, 1, 3):
            side = math.isqrt(values // channels)
            if side * side * channels == values and side >= 4:
                size = (channels, side, side)
                axes = (("H", "W", "C"),) if channels == 1 or self.hints.source != "torch" else (("C", "H", "W"),)
                return Chain(size, (), size, axes)
        return refuse(f"Its first dense layer reads {values:,} values, which is no square image; this app shows networks that read images.")

    def conv(
        self, chain: Chain, layer: Found, norm: Found | None, reading: Mapping[str, Any], layout: Layout, at: int, index: int, last: bool
    ) -> Chain:
        place = layout.places[at]
        kernel = layer.kernel
        assert kernel is not None
        if reading.get("turned"):
            kernel = np.ascontiguousarray(kernel[:, :, ::-1, ::-1])
        pad: Any = (place.pad,) * 4 if place.pad >= 0 else "same"
        groups = chain.shape[0] // kernel.shape[1]
        dilation = int(layer.known.get("dilation", 1))
        chain = chain.conv(
            kernel, layer.bias, stride=(place.stride,) * 2, pad=pad, dilation=(dilation, dilation), groups=groups, layout=chain.axes
        )
        return self.after(chain, norm, reading, index, last, place.pool)

    def after(self, chain: Chain, norm: Found | None, reading: Mapping[str, Any], index: int, last: bool, pool: str = "") -> Chain:
        """Batch norm, activation and pool behind a layer, in the order of the reading."""
        name = reading.get("activation", "none")
        if chain.stages[-1].step.kind == "dense" and reading.get("dense activation", "same") != "same":
            name = reading["dense activation"]
        names = [name for name, at in self.groups.items() if index in at]
        on = not last and all(reading.get(f"after {one}", True) for one in names)
        kind, options = ACTIVATIONS[name]
        where = reading.get("norm", "before")
        if norm is not None and norm.kind == "prelu":
            assert norm.kernel is not None
            chain, norm, on = chain.prelu(norm.kernel), None, False
        for what in ("before", "activation", "after", "pool", "pooled"):
            if what == "activation" and on:
                chain = chain.activate(kind, **options)
            elif what == "pool" and pool:
                chain = self.pool(chain, pool, reading)
            elif what == where and norm is not None:
                chain = self.norm(chain, norm)
        return chain

    def norm(self, chain: Chain, norm: Found) -> Chain:
        epsilon = float(norm.known.get("epsilon", self.hints.epsilon or (1e-3 if self.hints.source == "keras" else 1e-5)))
        parts = norm.norm
        axis = next(i for i, axis in enumerate(chain.axes, start=1) if "C" in axis)
        return chain.norm(parts["gamma"], parts["beta"], parts["mean"], parts["variance"], epsilon, axis)

    def pool(self, chain: Chain, pool: str, reading: Mapping[str, Any]) -> Chain:
        if pool.startswith("to "):
            cells = int(pool[3:])
            kernel, stride, _ = grid(chain.shape[1], cells)
            kind = reading.get("last pool", "avgpool")
            if cells == 1:
                return chain.pool(kind, None, layout=chain.axes)
            return chain.pool(kind, (kernel, kernel), (stride, stride), layout=chain.axes)
        kernel, stride, pad, ceil, _ = POOLS[pool]
        return chain.pool(
            reading.get("pool", "maxpool"),
            (kernel, kernel),
            (stride, stride),
            (pad,) * 4,
            ceil=ceil,
            inside=self.hints.source == "keras",
            layout=chain.axes,
        )


def _with_slots(pairs: list[Pair]) -> list[Found]:
    """The convolutions, with the number of modules without weights that stand between each and the next layer, where names count them."""
    gaps = [_gap(pairs[i][0].name, pairs[i + 1][0].name) for i in range(len(pairs) - 1)]
    counted = all(gap > 0 for gap in gaps) and max(gaps, default=0) > 1
    out = []
    for i, (layer, norm) in enumerate(pairs):
        if layer.kind != "conv":
            break
        slots = gaps[i] - 1 - (norm is not None) - (pairs[i + 1][0].kind == "dense") if counted and i < len(gaps) else None
        out.append(layer if slots is None else replace(layer, known={**layer.known, "slots": slots}))
    return out


def _gap(name: str, following: str) -> int:
    """How many places further the following layer stands in the same list of modules ("0" and "3": 3); 0 of others."""
    (one, _, a), (other, _, b) = name.rpartition("."), following.rpartition(".")
    return int(b) - int(a) if one == other and a.isdigit() and b.isdigit() else 0


def _group(name: str) -> str:
    """Layers that share what follows them: those of the same name in repeated blocks, else each for itself."""
    stem, _, last = name.rpartition(".")
    return last if stem and not last.isdigit() and re.search(r"\d$", stem) else name


__all__ = ["ACTIVATIONS", "STEPS", "Hints", "puzzle"]
