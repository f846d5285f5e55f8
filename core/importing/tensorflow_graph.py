"""Operations of TensorFlow's graphs, as TensorFlow.js carries them."""

import base64
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from core.importing import graph, onnx_files
from core.importing.chain import FIRST, LAST, Axes, Chain, start
from core.importing.graph import Lost, Node, Value
from core.importing.refusal import Refused, refuse

Array = np.ndarray
ACTIVATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "Relu": ("relu", {}),
    "Relu6": ("relu6", {}),
    "Tanh": ("tanh", {}),
    "Sigmoid": ("sigmoid", {}),
    "Elu": ("elu", {}),
    "Selu": ("selu", {}),
    "Softplus": ("softplus", {}),
    "Softsign": ("softsign", {}),
    "Square": ("square", {}),
    "Abs": ("abs", {}),
    "Sin": ("sine", {}),
    "Sign": ("sign", {}),
}
LEFT_OUT = {"Identity", "IdentityN", "StopGradient", "Cast", "PreventGradient", "CheckNumerics", "PlaceholderWithDefault", "EnsureShape"}
ARITHMETIC = {"Add": "add", "AddV2": "add", "Sub": "sub", "Mul": "mul", "RealDiv": "div", "Div": "div", "Pow": "pow", "BiasAdd": "add"}
BINARY_OF_ARRAYS = {"FloorDiv": np.floor_divide, "Maximum": np.maximum, "Minimum": np.minimum}


def attribute(value: Any) -> Any:
    """An attribute of a node as JSON writes it: {"i": "2"}, {"s": base64}, {"list": {"i": [...]}}."""
    if not isinstance(value, dict):
        return value
    if "list" in value and isinstance(value["list"], dict):
        for kind in ("i", "f", "s", "b"):
            if kind in value["list"]:
                return [attribute({kind: one}) for one in value["list"][kind]]
        return []
    if "i" in value:
        return int(value["i"])
    if "f" in value:
        return float(value["f"])
    if "b" in value:
        return bool(value["b"])
    if "s" in value:
        return _text(value["s"])
    return value


def _text(value: Any) -> str:
    if isinstance(value, list):  # bytes as numbers
        return bytes(int(n) & 255 for n in value).decode("latin-1")
    try:
        return base64.b64decode(str(value), validate=True).decode("latin-1")
    except ValueError:
        return str(value)


def network(nodes: Any, weights: Mapping[str, Array], outputs: list[str], side: int) -> Chain:
    """The network of a graph in JSON.

    Args:
        weights: constants by the names of their nodes.
        outputs: names of the nodes that answer; the last ones of the graph if empty.

    Raises:
        Refused: in a sentence.
    """
    if not isinstance(nodes, list) or not all(isinstance(one, dict) and "name" in one for one in nodes):
        refuse("Its graph is not TensorFlow's; convert the network again.")
    values: dict[str, Value] = {}
    steps = []
    read: set[str] = set()
    chains = 0
    for one in nodes:
        name, op = str(one["name"]), str(one.get("op", ""))
        attributes = {k: attribute(v) for k, v in one.get("attr", {}).items()}
        inputs = [_plain(str(n)) for n in one.get("input", []) if not str(n).startswith("^")]
        read |= set(inputs)
        if name in weights:
            values[name] = weights[name]
        elif op == "Placeholder":
            try:
                values[name] = _placeholder(one, side)
            except Refused as refused:
                values[name] = Lost(str(refused), True)
            chains += isinstance(values[name], Chain)
        elif op in ("NoOp", "Assert"):
            values[name] = Lost("an operation without a value")
        else:
            steps.append(Node(op, inputs, [name], attributes, name))
    if chains != 1:
        refuse("It reads none or several arrays; this app shows networks that read one image.")
    graph.walk(steps, values, follow)
    named = [_plain(n) for n in outputs]
    last = [str(one["name"]) for one in nodes if str(one["name"]) not in read]
    return graph.answer(values, [n for n in named if n in values] or last)


def _plain(name: str) -> str:
    return name.lstrip("^").split(":")[0]


def _placeholder(one: Mapping[str, Any], side: int) -> Value:
    shape = one.get("attr", {}).get("shape", {}).get("shape", {})
    dims = [int(d.get("size", -1)) for d in shape.get("dim", []) if isinstance(d, dict)]
    if len(dims) < 2:
        return np.float32(1.0) * np.ones(())  # the share of units that dropout keeps
    return start([n if n > 0 else side for n in dims[1:]])


def _layout(at: Mapping[str, Any]) -> Axes:
    return FIRST if at.get("data_format") == "NCHW" else LAST


def _spatial(values: Any, layout: Axes) -> list[int]:
    values = list(values) if isinstance(values, list) else [1, 1, 1, 1]
    return values[2:4] if layout == FIRST else values[1:3]


def _padding(at: Mapping[str, Any], layout: Axes) -> Any:
    word = at.get("padding", "VALID")
    if word == "EXPLICIT":
        pads = at.get("explicit_paddings") or [0] * 8
        (top, bottom), (left, right) = (pads[4:6], pads[6:8]) if layout == FIRST else (pads[2:4], pads[4:6])
        return (top, left, bottom, right)
    return "same" if word == "SAME" else "valid"


def follow(node: Node, given: list[Value]) -> Value:
    """The value of one operation, from those that it reads."""
    op, at = node.op, node.attributes
    x = given[0] if given else None
    if op in LEFT_OUT:
        return x
    if op == "Shape":
        return graph.shape_of(x)
    if op in ARITHMETIC and len(given) == 2:
        if op == "BiasAdd" and isinstance(x, Chain) and len(x.axes) == 3 and _layout(at) == FIRST:
            given[1] = given[1].reshape(-1, 1, 1)
        return graph.arithmetic(ARITHMETIC[op], given[0], given[1])
    if op == "MatMul":
        return graph.matmul(given[0], given[1], bool(at.get("transpose_a")), bool(at.get("transpose_b")))
    if isinstance(x, Chain):
        return _on_chain(node, x, given)
    if any(isinstance(one, Chain) for one in given):
        return graph.unknown(node)
    return _on_arrays(node, [np.asarray(one) for one in given])


def _on_chain(node: Node, x: Chain, given: list[Value]) -> Value:
    op, at = node.op, node.attributes
    if op in ACTIVATIONS:
        kind, options = ACTIVATIONS[op]
        return x.activate(kind, **options)
    layout = _layout(at)
    match op:
        case "Conv2D" | "_FusedConv2D" | "DepthwiseConv2dNative" | "FusedDepthwiseConv2dNative":
            kernel = np.asarray(given[1], np.float32)
            if kernel.ndim != 4:
                return graph.unknown(node)
            groups = 1
            if "Depthwise" in op:
                groups = kernel.shape[2]
                kernel = kernel.transpose(2, 3, 0, 1).reshape(-1, 1, *kernel.shape[:2])
            else:
                kernel = kernel.transpose(3, 2, 0, 1)
                channels = x.maps(layout).shape[0]
                groups = max(channels // max(kernel.shape[1], 1), 1)
            out = x.conv(
                np.ascontiguousarray(kernel),
                None,
                stride=_spatial(at.get("strides"), layout),
                pad=_padding(at, layout),
                dilation=_spatial(at.get("dilations"), layout),
                groups=groups,
                layout=layout,
            )
            return _fused(out, at, given[2:], layout)
        case "_FusedMatMul":
            out = graph.matmul(x, given[1], bool(at.get("transpose_a")), bool(at.get("transpose_b")))
            return _fused(out, at, given[2:], layout)
        case "MaxPool" | "AvgPool":
            kind = "maxpool" if op == "MaxPool" else "avgpool"
            return x.pool(kind, _spatial(at.get("ksize"), layout), _spatial(at.get("strides"), layout), _padding(at, layout), layout=layout)
        case "Mean" | "Max":
            axes = [int(n) for n in np.reshape(given[1], -1)]
            return onnx_files.reduced(x, "avgpool" if op == "Mean" else "maxpool", axes, bool(at.get("keep_dims")))
        case "FusedBatchNorm" | "FusedBatchNormV2" | "FusedBatchNormV3":
            axis = 1 if layout == FIRST else len(x.axes)
            return x.norm(given[1], given[2], given[3], given[4], float(at.get("epsilon", 1e-4)), axis)
        case "Reshape":
            return x.reshape([int(n) for n in np.reshape(given[1], -1)])
        case "Squeeze":
            return x.squeeze()
        case "ExpandDims":
            lengths = [1, *x.lengths()]
            axis = int(np.reshape(given[1], -1)[0])
            lengths.insert(axis % (len(lengths) + 1), 1)
            return x.reshape(lengths)
        case "Transpose":
            return x.transpose([int(n) for n in np.reshape(given[1], -1)])
        case "Softmax" | "LogSoftmax":
            return x.softmax()
        case "LeakyRelu":
            return x.activate("leaky", value=float(at.get("alpha", 0.2)))
        case "Prelu":
            return x.prelu(given[1])
        case "Maximum":
            return onnx_files.clipped(x, given[1], None)
        case "Pad" | "PadV2" | "MirrorPad":
            if op == "MirrorPad":
                return graph.unknown(node)
            pairs = [(int(a), int(b)) for a, b in np.reshape(given[1], (-1, 2))]
            return onnx_files.padded(x, pairs, float(given[2]) if op == "PadV2" and len(given) > 2 else 0.0)
        case "ArgMax":
            return x.decide()
    return graph.unknown(node)


def _fused(out: Value, at: Mapping[str, Any], more: list[Value], layout: Axes) -> Value:
    """The operations that a fused one carries behind its sums."""
    more = list(more)
    for name in at.get("fused_ops", []):
        if name == "BiasAdd":
            bias = np.asarray(more.pop(0))
            out = graph.arithmetic("add", out, bias.reshape(-1, 1, 1) if layout == FIRST and len(out.axes) == 3 else bias)
        elif name == "FusedBatchNorm":
            gamma, beta, mean, variance = more[:4]
            out = out.norm(gamma, beta, mean, variance, float(at.get("epsilon", 1e-4)), 1 if layout == FIRST else len(out.axes))
        elif name == "LeakyRelu":
            out = out.activate("leaky", value=float(at.get("leakyrelu_alpha", 0.2)))
        elif name == "Prelu":
            out = out.prelu(more.pop(0))
        elif name in ACTIVATIONS:
            out = out.activate(ACTIVATIONS[name][0])
        else:
            refuse(f"It has an operation that this app does not follow: {name[:40]}.")
    return out


def _on_arrays(node: Node, arrays: list[Array]) -> Value:
    op, at = node.op, node.attributes
    if op in ("RandomUniform", "RandomStandardNormal"):
        return np.zeros(())  # noise of a dropout that keeps everything
    if op in BINARY_OF_ARRAYS:
        return np.asarray(BINARY_OF_ARRAYS[op](arrays[0], arrays[1]))
    if not arrays:
        return graph.unknown(node)
    x = arrays[0]
    match op:
        case "Reshape":
            return x.reshape([int(n) for n in np.reshape(arrays[1], -1)])
        case "Transpose":
            return x.transpose([int(n) for n in np.reshape(arrays[1], -1)])
        case "Pack":
            return np.stack(arrays, at.get("axis", 0))
        case "ConcatV2":
            return np.concatenate([np.atleast_1d(one) for one in arrays[:-1]], int(arrays[-1]))
        case "StridedSlice":
            out = graph.strided_slice(x, arrays[1], arrays[2], arrays[3])
            ends = np.atleast_1d(arrays[2])
            if at.get("end_mask", 0) & 1:
                out = graph.strided_slice(x, arrays[1], np.full_like(ends, 1 << 41, dtype=np.int64), arrays[3])
            return out.reshape(()) if at.get("shrink_axis_mask", 0) & 1 and out.size == 1 else out
        case "Prod":
            return np.asarray(np.prod(x))
        case "GatherV2" | "Gather":
            return np.take(x, arrays[1].astype(int), axis=0)
        case "Rsqrt":
            return 1 / np.sqrt(x)
        case "Sqrt":
            return np.sqrt(x)
        case "Neg":
            return -x
        case "Floor":
            return np.floor(x)
        case "Squeeze":
            return np.squeeze(x)
        case "ExpandDims":
            return np.expand_dims(x, int(np.reshape(arrays[1], -1)[0]))
        case "Fill":
            sizes = [int(n) for n in np.reshape(x, -1)]
            return np.full(sizes, arrays[1]) if math.prod(sizes) <= graph.MOST_CONSTANT else graph.unknown(node)
        case "Square":
            return x * x
    return graph.unknown(node)
