"""ONNX: the graph of a file followed operation by operation, without the onnx package."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from core.importing import graph
from core.importing.chain import FIRST, Chain, start
from core.importing.graph import Lost, Node, Value
from core.importing.own_header import HEADER
from core.importing.protobuf import DAMAGED, Message
from core.importing.refusal import Refused, refuse

Array = np.ndarray
TYPES = {1: "<f4", 2: "u1", 3: "i1", 4: "<u2", 5: "<i2", 6: "<i4", 7: "<i8", 9: "?", 10: "<f2", 11: "<f8", 12: "<u4", 13: "<u8"}
EXTERNAL = "Its weights lie in another file beside it (external data); drop both together, or export it with all weights in the .onnx file."
ACTIVATIONS = {
    "Relu": "relu",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "HardSwish": "hardswish",
    "Mish": "mish",
    "Abs": "abs",
    "Sin": "sine",
    "Sign": "sign",
}
LEFT_OUT = {"Identity", "Dropout", "Cast", "StopGradient", "CastLike", "ZipMap"}
ARITHMETIC = {"Add": "add", "Sub": "sub", "Mul": "mul", "Div": "div", "Pow": "pow", "Sum": "add"}


def read(data: bytes, side: int, beside: Mapping[str, bytes] | None = None) -> tuple[Chain, str, str]:
    """The network of a file, who wrote it, and the header of one that left this app, else nothing.

    Args:
        beside: files that were dropped with it, by name: its external data.
        side: pixels a side where the file leaves them open.

    Raises:
        Refused: in a sentence.
    """
    model = Message(data)
    body = model.message(7)
    if body is None or not body.fields.get(1):
        raise Refused(DAMAGED)
    opset = max([m.whole(2) for m in model.messages(8) if m.text(1) in ("", "ai.onnx")] or [1])
    writer = f"{model.text(2)} {model.text(3)}".strip()
    values: dict[str, Value] = {}
    for tensor in body.messages(5):
        values[tensor.text(8)] = array_of(tensor, beside or {})
    chains = 0
    trouble: Refused | None = None
    for given in body.messages(11):
        name = given.text(1)
        if name in values:
            continue
        try:
            values[name] = _input(given, side)
        except Refused as refused:
            trouble = trouble or refused
            values[name] = Lost(str(refused), True)
        chains += isinstance(values[name], Chain)
    if chains > 1:
        refuse("It reads more than one array; this app shows networks that read one image.")
    if not chains:
        raise trouble or Refused("It has no input that is an image; this app shows networks that read images.")
    nodes = [_node(m) for m in body.messages(1)]
    if any(node.op in ("LSTM", "GRU", "RNN") for node in nodes):
        refuse(graph.RECURRENT)
    graph.walk(nodes, values, lambda node, given: follow(node, given, opset))
    ours = next((m.text(2) for m in model.messages(14) if m.text(1) == HEADER), "")
    return graph.answer(values, [m.text(1) for m in body.messages(12)]), writer, ours


def _input(given: Message, side: int) -> Value:
    kind = given.message(2)
    tensor = kind.message(1) if kind else None
    shape = tensor.message(2) if tensor else None
    if shape is None:
        return Lost("Its input has no shape; export it again with one.")
    dims = [m.whole(1) for m in shape.messages(1)]
    if len(dims) < 2 or math.prod(dims) == 1:
        return np.ones(dims or [1], np.float32) if math.prod(dims) == 1 else start(dims)
    sizes = dims[1:]
    if len(sizes) == 1 and dims[0] > 1 and dims[0] == sizes[0]:
        sizes = dims
    return start([n or side for n in sizes])


def _node(message: Message) -> Node:
    attributes: dict[str, Any] = {}
    for one in message.messages(5):
        name, kind = one.text(1), one.whole(20)
        if kind == 1 or (not kind and 2 in one.fields):
            attributes[name] = one.floats(2)[-1] if one.floats(2) else 0.0
        elif kind == 2 or (not kind and 3 in one.fields):
            attributes[name] = one.whole(3)
        elif kind == 3 or (not kind and 4 in one.fields):
            attributes[name] = one.text(4)
        elif kind == 4 or (not kind and 5 in one.fields):
            tensor = one.message(5)
            attributes[name] = array_of(tensor) if tensor else None
        elif kind == 6 or (not kind and 7 in one.fields):
            attributes[name] = one.floats(7)
        elif kind == 7 or (not kind and 8 in one.fields):
            attributes[name] = one.wholes(8)
    return Node(message.text(4), message.texts(1), message.texts(2), attributes, message.text(3))


def _external(tensor: Message, beside: Mapping[str, bytes]) -> bytes:
    about = {one.text(1): one.text(2) for one in tensor.messages(13)}
    data = beside.get(about.get("location", "").replace("\\", "/").split("/")[-1])
    if data is None:
        return refuse(EXTERNAL)
    numbers = [about.get("offset", "0") or "0", about.get("length", "") or str(len(data))]
    if not all(n.isdigit() and len(n) < 12 for n in numbers):
        raise Refused(DAMAGED)
    return data[int(numbers[0]) : int(numbers[0]) + int(numbers[1])]


def array_of(tensor: Message, beside: Mapping[str, bytes] | None = None) -> Array:
    """The numbers of a TensorProto.

    Raises:
        Refused: they lie in another file, or are not as many as their shape says.
    """
    dims, code = tensor.wholes(1), tensor.whole(2)
    if any(n < 0 for n in dims) or math.prod(dims) > graph.MOST_CONSTANT:
        raise Refused(DAMAGED)
    raw = _external(tensor, beside or {}) if tensor.whole(14) == 1 or 13 in tensor.fields else tensor.data(9)
    if code == 16:
        halves = np.frombuffer(raw, "<u2").astype(np.uint32) if raw else np.array(tensor.wholes(5), np.uint32)
        values: Array = (halves << 16).view(np.float32)
    elif code not in TYPES:
        return np.zeros(0, np.float32)  # texts, complex numbers: nothing that a layer reads
    elif raw:
        if len(raw) % np.dtype(TYPES[code]).itemsize:
            raise Refused(DAMAGED)
        values = np.frombuffer(raw, TYPES[code])
    elif code == 1:
        values = np.array(tensor.floats(4), np.float32)
    elif code == 11:
        values = np.frombuffer(b"".join(bytes(v) for v in tensor.fields.get(10, []) if not isinstance(v, int)), "<f8")
    elif code == 10:
        values = np.array(tensor.wholes(5), np.uint16).view(np.float16)
    else:
        values = np.array(tensor.wholes(7) or tensor.wholes(5) or tensor.wholes(11)).astype(TYPES[code])
    if values.size != math.prod(dims):
        raise Refused(DAMAGED)
    return values.reshape(dims)


def follow(node: Node, given: list[Value], opset: int) -> Value:
    """The value of one operation, from those that it reads."""
    op, at = node.op, node.attributes
    if op == "Constant":
        for name in ("value", "value_float", "value_int", "value_floats", "value_ints"):
            if name in at:
                return np.asarray(at[name])
    x = given[0] if given else None
    if op in LEFT_OUT:
        return [x, np.ones(1)] if op == "Dropout" else _cast(x, at) if op == "Cast" and isinstance(x, np.ndarray) else x
    if op in ARITHMETIC and len(given) == 2:
        axis = at.get("axis")
        if axis and isinstance(given[1], np.ndarray) and isinstance(x, Chain):  # before opset 7: `broadcast` along an axis
            given[1] = given[1].reshape([*given[1].shape, *[1] * (len(x.lengths()) + 1 - axis - given[1].ndim)])
        return graph.arithmetic(ARITHMETIC[op], *given)
    if op == "Shape":
        return graph.shape_of(x)
    if op == "MatMul":
        return graph.matmul(given[0], given[1])
    if isinstance(x, Chain):
        return _on_chain(node, x, given, opset)
    if any(isinstance(one, Chain) for one in given):
        return graph.unknown(node)
    return _on_arrays(node, given)


def _cast(x: Array, at: Mapping[str, Any]) -> Array:
    return x.astype(TYPES.get(at.get("to", 1), "<f4"))


def _pads(at: Mapping[str, Any]) -> Any:
    word = at.get("auto_pad", "NOTSET")
    if word in ("SAME_UPPER", "SAME_LOWER"):
        return "same" if word == "SAME_UPPER" else "same_lower"
    return "valid" if word == "VALID" else at.get("pads", [0, 0, 0, 0])


def _on_chain(node: Node, x: Chain, given: list[Value], opset: int) -> Value:
    op, at = node.op, node.attributes
    second: Any = given[1] if len(given) > 1 else None
    if op in ACTIVATIONS:
        return x.activate(ACTIVATIONS[op])
    match op:
        case "Conv":
            return x.conv(
                second,
                given[2] if len(given) > 2 else None,
                stride=at.get("strides", [1, 1]),
                pad=_pads(at),
                dilation=at.get("dilations", [1, 1]),
                groups=at.get("group", 1),
            )
        case "Gemm":
            if at.get("transA") or second is None:
                return graph.unknown(node)
            kernel = np.asarray(second.T if at.get("transB") else second, np.float32) * np.float32(at.get("alpha", 1.0))
            third = given[2] if len(given) > 2 else None
            bias = None if third is None else np.broadcast_to(np.reshape(third, -1) * np.float32(at.get("beta", 1.0)), (kernel.shape[1],))
            return (x if len(x.axes) == 1 else x.flatten()).dense(kernel, bias)
        case "MaxPool" | "AveragePool":
            kind = "maxpool" if op == "MaxPool" else "avgpool"
            pooled = x.pool(
                kind,
                at["kernel_shape"],
                at.get("strides", [1] * len(at["kernel_shape"])),
                _pads(at),
                ceil=bool(at.get("ceil_mode")),
                inside=not at.get("count_include_pad"),
                dilation=at.get("dilations", [1, 1]),
            )
            return [pooled, Lost("the places of maxima")]
        case "GlobalAveragePool" | "GlobalMaxPool":
            return x.pool("avgpool" if "Average" in op else "maxpool", None)
        case "ReduceMean" | "ReduceMax":
            axes = at.get("axes") if second is None else [int(n) for n in np.reshape(second, -1)]
            return reduced(x, "avgpool" if op == "ReduceMean" else "maxpool", axes, bool(at.get("keepdims", 1)))
        case "BatchNormalization":
            found = x.norm(given[1], given[2], given[3], given[4], float(at.get("epsilon", 1e-5)))
            return [found, *[Lost("statistics of a training")] * 4]
        case "Flatten":
            return x.flatten() if at.get("axis", 1) == 1 else graph.unknown(node)
        case "Reshape":
            target = second if second is not None else at.get("shape", [])
            sizes = [int(n) for n in np.reshape(target, -1)]
            lengths = [1, *x.lengths()]
            return x.reshape([lengths[i] if n == 0 and i < len(lengths) else n for i, n in enumerate(sizes)])
        case "Transpose":
            return x.transpose(at.get("perm", list(range(len(x.axes), -1, -1))))
        case "Squeeze":
            return x.squeeze()
        case "Unsqueeze":
            axes = at.get("axes") if second is None else [int(n) for n in np.reshape(second, -1)]
            lengths = [1, *x.lengths()]
            for axis in sorted(axes or []):
                lengths.insert(axis % (len(lengths) + 1), 1)
            return x.reshape(lengths)
        case "Softmax" | "LogSoftmax":
            axis = at.get("axis", 1 if opset < 13 else -1)
            return x.softmax() if axis in (1, -1, len(x.axes)) else graph.unknown(node)
        case "LeakyRelu":
            return x.activate("leaky", value=float(at.get("alpha", 0.01)))
        case "Elu":
            return x.activate("elu", value=float(at.get("alpha", 1.0)))
        case "Selu":
            return x.activate("selu")
        case "Celu" if float(at.get("alpha", 1.0)) == 1:
            return x.activate("elu")
        case "Gelu":
            return x.activate("gelu", mode="tanh" if at.get("approximate") == "tanh" else "")
        case "HardSigmoid":
            return x.activate("hardsigmoid", value=float(at.get("alpha", 0.2)), shift=float(at.get("beta", 0.5)))
        case "PRelu":
            return x.prelu(second)
        case "Clip":
            least = at.get("min", second)
            most = at.get("max", given[2] if len(given) > 2 else None)
            return clipped(x, least, most)
        case "Max":
            return clipped(x, second, None)
        case "Pad":
            pads = at.get("pads", at.get("paddings")) if second is None else [int(n) for n in np.reshape(second, -1)]
            fill = at.get("value", 0.0) if len(given) < 3 or given[2] is None else float(np.reshape(given[2], -1)[0])
            if at.get("mode", "constant") != "constant" or pads is None or len(pads) != 2 * (len(x.axes) + 1):
                return graph.unknown(node)
            return padded(x, list(zip(pads[: len(pads) // 2], pads[len(pads) // 2 :], strict=True)), fill)
        case "ArgMax" | "TopK":
            return [x.decide(), x.decide()]
    return graph.unknown(node)


def padded(x: Chain, pads: list[tuple[int, int]], fill: float) -> Chain:
    """Padding given for every axis of the maker's array, the batch first."""
    named = {axis[0]: pair for axis, pair in zip(x.axes, pads[1:], strict=True) if len(axis) == 1}
    around = [pair for axis, pair in zip(x.axes, pads[1:], strict=True) if axis not in (("H",), ("W",))]
    if any(any(pair) for pair in [pads[0], *around]) or not {"H", "W"} <= set(named):
        refuse("It pads an axis that is neither rows nor columns, which this app does not follow.")
    (top, bottom), (left, right) = named["H"], named["W"]
    return x.padding((top, left, bottom, right), fill, x.axes if len(x.axes) == 3 else FIRST)


def reduced(x: Chain, kind: str, axes: Any, keep: bool) -> Value:
    """The mean or maximum over rows and columns, which is a pool over all of each map."""
    count = len(x.axes)
    at = sorted(int(n) % (count + 1) - 1 for n in (axes or []))
    if count != 3 or [x.axes[i] for i in at] not in ([("H",), ("W",)], [("W",), ("H",)]):
        refuse("It takes a mean over other axes than rows and columns, which this app does not follow.")
    pooled = x.pool(kind, None, layout=x.axes)
    return pooled if keep else pooled.flatten()


def clipped(x: Chain, least: Any, most: Any) -> Chain:
    """ReLU, ReLU up to 6, or hard tanh, where the limits say so."""
    low = None if least is None else float(np.reshape(least, -1)[0])
    high = None if most is None or float(np.reshape(most, -1)[0]) > 1e30 else float(np.reshape(most, -1)[0])
    kinds: dict[tuple[float | None, float | None], str] = {(0.0, None): "relu", (0.0, 6.0): "relu6", (-1.0, 1.0): "hardtanh"}
    if (low, high) not in kinds:
        refuse("It cuts values off at limits that belong to no activation that this app knows.")
    return x.activate(kinds[low, high])


def _on_arrays(node: Node, given: list[Value]) -> Value:
    """Operations on constants, of which graphs compute the sizes that they reshape to."""
    op, at = node.op, node.attributes
    arrays: list[Any] = [None if one is None else np.asarray(one) for one in given]
    x = arrays[0] if arrays else None
    if x is None:
        return graph.unknown(node)
    axes = at.get("axes") if len(arrays) < 2 or arrays[1] is None else [int(n) for n in np.reshape(arrays[1], -1)]
    match op:
        case "Reshape":
            sizes = [int(n) for n in np.reshape(arrays[1] if len(arrays) > 1 else at.get("shape", []), -1)]
            return x.reshape([x.shape[i] if n == 0 else n for i, n in enumerate(sizes)])
        case "Transpose":
            return x.transpose(at.get("perm"))
        case "Flatten":
            return x.reshape(math.prod(x.shape[: at.get("axis", 1)]), -1)
        case "Concat":
            return np.concatenate([np.atleast_1d(one) for one in arrays if one is not None], at.get("axis", 0))
        case "Gather":
            return np.take(x, arrays[1], axis=at.get("axis", 0))  # type: ignore[arg-type]
        case "Slice":
            if len(arrays) > 2:
                steps = arrays[4] if len(arrays) > 4 else None
                return graph.strided_slice(x, arrays[1], arrays[2], steps, arrays[3] if len(arrays) > 3 else None)
            return graph.strided_slice(x, at["starts"], at["ends"], None, at.get("axes"))
        case "Squeeze":
            return np.squeeze(x, tuple(axes) if axes else None)
        case "Unsqueeze":
            return np.expand_dims(x, tuple(axes or ()))
        case "Sqrt":
            return np.sqrt(x)
        case "Neg":
            return -x
        case "Reciprocal":
            return 1 / x
        case "Floor":
            return np.floor(x)
        case "ReduceProd":
            return np.prod(x, keepdims=bool(at.get("keepdims", 1)))
        case "ConstantOfShape":
            sizes = [int(n) for n in np.reshape(x, -1)]
            value = at.get("value")
            if math.prod(sizes) > graph.MOST_CONSTANT:
                return Lost("It computes constants larger than this app shows.")
            return np.full(sizes, np.reshape(value, -1)[0] if value is not None else np.float32(0))
        case "MatMul":
            return graph.matmul(x, arrays[1])
        case "DequantizeLinear" | "QuantizeLinear" | "DynamicQuantizeLinear":
            return Lost(graph.QUANTISED)
    return graph.unknown(node)
