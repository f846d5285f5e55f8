"""A graph of operations walked from its input to its output, as ONNX and TensorFlow write networks: a chain where it is one.

A value of the graph is an array (known before any image comes), a chain (what the image has become) or `Lost` (something that this
app does not follow, with the reason). What hangs on a lost value is lost too; only what the answer hangs on is refused.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from core.importing import curves
from core.importing.chain import Chain
from core.importing.curves import Curve
from core.importing.refusal import Refused, refuse, shortly

Array = np.ndarray
MOST_NODES = 5_000
MOST_CONSTANT = 1 << 25  # values of a computed constant
BRANCHES = "It has branches that meet again, as residual networks do; this app shows networks whose layers stand one behind the other."
QUANTISED = "Its weights are quantised to whole numbers of 8 bits; bring the network as it was before the quantisation."
RECURRENT = "It is a recurrent network, which reads images row by row; this app shows dense and convolutional ones."


@dataclass
class Lost:
    """A value that cannot be followed."""

    why: str
    aside: bool = False  # whether it only hangs on another input, such as the labels of a training


Value = Any  # Array | Chain | Lost


@dataclass
class Node:
    """One operation."""

    op: str
    inputs: list[str]
    outputs: list[str]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""


Follow = Callable[[Node, list[Value]], Value]  # also a list, one value for each output


def walk(nodes: Sequence[Node], values: dict[str, Value], follow: Follow) -> dict[str, Value]:
    """Every value of the graph; nodes in any order that has each behind those that it reads, or in none.

    Raises:
        Refused: it has more nodes than any network of this size, or goes in circles.
    """
    if len(nodes) > MOST_NODES:
        refuse(f"Its graph has {len(nodes):,} operations; this app shows networks of up to {MOST_NODES:,}.")
    waiting = list(nodes)
    while waiting:
        later = []
        for node in waiting:
            if any(name and name not in values for name in node.inputs):
                later.append(node)
                continue
            given = [values[name] if name else None for name in node.inputs]
            found = step(node, given, follow)
            many = found if isinstance(found, list) else [found]
            for i, output in enumerate(node.outputs):
                values[output] = many[i] if i < len(many) else Lost("one of several outputs of an operation")
        if len(later) == len(waiting):
            for node in later:
                for output in node.outputs:
                    values[output] = Lost("Its graph goes in circles or reads what is not there; the file is damaged.")
            break
        waiting = later
    return values


def step(node: Node, given: list[Value], follow: Follow) -> Value:
    """The value of one node: an array where all it reads are arrays, else what `follow` makes of the chain."""
    lost = [one for one in given if isinstance(one, Lost)]
    if lost:
        return next((one for one in lost if not one.aside), lost[0])
    try:
        if any(isinstance(one, Curve) for one in given):
            curve = curves.combined(node.op, given)
            return Lost(curves.UNKNOWN) if curve is None else curve
        if not any(isinstance(one, Chain) for one in given):
            found = follow(node, given)
            if isinstance(found, np.ndarray) and found.size > MOST_CONSTANT:
                return Lost("It computes constants larger than this app shows.")
            return found
        chains = [one for one in given if isinstance(one, Chain)]
        if len(chains) > 1:
            joined = curves.combined(node.op, given)
            return Lost(BRANCHES) if joined is None else joined
        try:
            found = follow(node, given)
        except Refused as refused:
            found = Lost(str(refused))
        if isinstance(found, Lost) and (curve := curves.combined(node.op, given)) is not None:
            return curve  # a part of an activation
        return found
    except Refused as refused:
        return Lost(str(refused))
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, ZeroDivisionError, OverflowError) as error:
        return Lost(f"Its operation {shortly(node.op)} cannot be followed here ({type(error).__name__}); the file is damaged or unusual.")


def unknown(node: Node) -> Lost:
    """An operation that is not in the table."""
    op = node.op
    if op.startswith(("QLinear", "ConvInteger", "MatMulInteger", "DynamicQuantize", "Quantize", "Dequantize", "FakeQuant")):
        return Lost(QUANTISED)
    if any(word in op for word in ("LSTM", "GRU", "RNN", "Loop", "Scan", "While", "TensorList")):
        return Lost(RECURRENT)
    if "Transpose" in op or op in ("Resize", "Upsample", "ResizeNearestNeighbor", "ResizeBilinear"):
        return Lost("It makes images larger, as generators and autoencoders do; this app shows networks that name the class of an image.")
    return Lost(f"It has an operation that this app does not follow: {shortly(op)}.")


def answer(values: Mapping[str, Value], outputs: Sequence[str]) -> Chain:
    """The chain that the graph's answer is: the longest of its outputs that names no class yet, else one that does.

    Raises:
        Refused: none is a chain; the first one's reason.
    """
    found = [values.get(name) for name in outputs]
    chains = [one for one in found if isinstance(one, Chain) and one.stages]
    if chains:
        best = max(chains, key=lambda one: (not one.decided, len(one.stages)))
        return replace(best, decided=False)
    if any(isinstance(one, Curve) for one in found):
        refuse(curves.UNKNOWN)
    lost = next((one for one in found if isinstance(one, Lost)), None)
    if lost is not None and lost.aside:  # an accuracy or a loss: what it is computed of is the answer
        inside = [one for one in values.values() if isinstance(one, Chain) and one.stages and not one.decided]
        if inside:
            return max(inside, key=lambda one: len(one.stages))
    return refuse(lost.why if lost else "Its graph has no answer that depends on an image.")


# ---- what both frameworks compute alike


def arithmetic(op: str, a: Value, b: Value) -> Value:
    """Sum, difference, product or quotient; of a chain and an array, a layer's bias or a scaling."""
    if not isinstance(a, Chain) and not isinstance(b, Chain):
        with np.errstate(all="ignore"):
            result = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power}[op](a, b)
        if op == "div" and np.asarray(a).dtype.kind in "iu" and np.asarray(b).dtype.kind in "iu":
            result = np.asarray(a) // np.where(np.asarray(b) == 0, 1, b)
        return np.asarray(result)
    chain, other, reverse = (a, b, False) if isinstance(a, Chain) else (b, a, True)
    values = np.asarray(other, np.float64)
    match op:
        case "pow":
            if not reverse and values.size == 1 and float(values.reshape(-1)[0]) == 2:
                return chain.activate("square")
            return refuse("It raises to a power that this app does not follow.")
        case "add":
            return affine(chain, np.ones(1), values)
        case "sub":
            return affine(chain, -np.ones(1) if reverse else np.ones(1), values if reverse else -values)
        case "mul":
            return affine(chain, values, np.zeros(1))
    if reverse:
        return refuse("It divides by what it computes of the image, which this app does not follow.")
    return affine(chain, 1 / values, np.zeros(1))


def affine(chain: Chain, factor: Array, shift: Array) -> Chain:
    """Factor and shift that are numbers, or arrays along one axis of the maker's array."""
    big = factor if factor.size > 1 else shift
    if big.size == 1:
        return chain.affine(factor.reshape(-1)[0], shift.reshape(-1)[0])
    lengths = [1, *chain.lengths()]
    shape = [1] * (len(lengths) - big.ndim) + list(big.shape)
    if len(shape) > len(lengths):
        shape = [n for n in big.shape if n > 1]
        shape = [1] * (len(lengths) - len(shape)) + shape
    long = [i for i, n in enumerate(shape) if n > 1]
    if len(long) != 1 and math.prod(lengths) == big.size and chain.shape[1:] == (1, 1):
        long = [len(lengths) - 1]
    if len(long) != 1 or big.size not in (lengths[long[0]], chain.shape[0]):
        refuse("It adds or multiplies arrays in a way that is no bias, batch norm or scaling.")
    one = np.ones(big.size)
    return chain.affine(factor.reshape(-1) * one, shift.reshape(-1) * one, long[0])


def matmul(a: Value, b: Value, turn_a: bool = False, turn_b: bool = False) -> Value:
    """A dense layer, or a product of two arrays."""
    if isinstance(a, Chain) and isinstance(b, np.ndarray):
        if turn_a:
            refuse("It multiplies images from the other side, which this app does not follow.")
        kernel = b.T if turn_b else b
        chain = a
        if len(a.axes) == 3 and a.lengths()[-1] != kernel.shape[0] and math.prod(a.lengths()) == kernel.shape[0]:
            chain = a.flatten()
        return chain.dense(np.asarray(kernel, np.float32))
    if isinstance(b, Chain):
        refuse("It multiplies a matrix with images from the left, which this app does not follow.")
    a, b = (a.T if turn_a else a), (b.T if turn_b else b)
    if a.size * b.shape[-1] > 1 << 28:
        refuse("It computes constants larger than this app shows.")
    return np.asarray(a @ b)


def strided_slice(data: Array, starts: Any, ends: Any, steps: Any, axes: Any = None) -> Array:
    """A part of a constant, as Slice takes it."""
    starts, ends = np.atleast_1d(starts).astype(int), np.atleast_1d(ends).astype(int)
    steps = np.ones(len(starts), int) if steps is None else np.atleast_1d(steps).astype(int)
    axes = range(len(starts)) if axes is None else np.atleast_1d(axes).astype(int)
    at: list[Any] = [slice(None)] * np.ndim(data)
    for axis, start, end, by in zip(axes, starts, ends, steps, strict=True):
        at[axis] = slice(int(start), None if end > 1 << 40 else int(end), int(by))
    return np.asarray(data[tuple(at)])


def shape_of(value: Value) -> Array:
    """The shape of a value; a chain's batch counts as one image."""
    return np.array([1, *value.lengths()] if isinstance(value, Chain) else np.shape(value), np.int64)
