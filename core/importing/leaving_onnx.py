"""A network as ONNX, written without the onnx package."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.importing.own_header import HEADER, Array, Steps, header
from core.importing.protobuf import field_
from core.models.sequence_steps import output_shape
from core.specs import Step

ONNX = {
    "relu": "Relu",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "hardswish": "HardSwish",
    "mish": "Mish",
    "abs": "Abs",
    "sine": "Sin",
    "sign": "Sign",
    "selu": "Selu",
    "exp": "Exp",
}


def onnx(given: Step, steps: Steps, classes: Sequence[str] = ()) -> bytes:
    """An ONNX file, opset 20: input "image" (batch, channels, height, width), pixels 0 to 1, ink 1; written without the onnx package."""
    nodes: list[bytes] = []
    constants: list[bytes] = []
    at = "image"

    def constant(value: Any) -> str:
        name = f"c{len(constants)}"
        constants.append(_onnx_tensor(name, np.asarray(value)))
        return name

    def node(op: str, inputs: list[str], **attributes: Any) -> None:
        nonlocal at
        output = f"v{len(nodes)}"
        parts = [field_(1, one) for one in inputs] + [field_(2, output), field_(3, f"{op}{len(nodes)}"), field_(4, op)]
        nodes.append(b"".join([*parts, *(field_(5, _onnx_attribute(k, v)) for k, v in attributes.items())]))
        at = output

    if "transposed" in given.flags:
        node("Transpose", [at], perm=[0, 1, 3, 2])
    if "binary" in given.flags:
        node("Greater", [at, constant(np.float32(0.5))])
        node("Cast", [at], to=1)
    for factor, shift in ((given.value, given.shift),):
        if (factor, shift) != (1.0, 0.0):
            node("Mul", [at, constant(np.float32(factor))])
            node("Add", [at, constant(np.float32(shift))])
    shape: tuple[int, ...] = (given.units, *given.kernel)
    for step, values in steps:
        match step.kind:
            case "conv":
                kernel, bias = constant(values["kernel"]), constant(values["bias"])
                sizes = {"kernel_shape": list(step.kernel), "strides": list(step.stride), "pads": list(step.pad)}
                node("Conv", [at, kernel, bias], **sizes, dilations=list(step.dilation), group=step.groups)
            case "dense":
                if len(shape) == 3:
                    node("Flatten", [at])
                node("Gemm", [at, constant(values["kernel"]), constant(values["bias"])])
            case "norm":
                four = [constant(values[part]) for part in ("gamma", "beta", "mean", "variance")]
                node("BatchNormalization", [at, *four], epsilon=step.value)
            case "prelu":
                node("PRelu", [at, constant(values["slope"].reshape(-1, *[1] * (len(shape) - 1)))])
            case "flatten":
                node("Flatten", [at])
            case "maxpool" | "avgpool":
                kind = "Max" if step.kind == "maxpool" else "Average"
                if step.kernel == (0, 0):
                    node(f"Global{kind}Pool", [at])
                else:
                    more = {"count_include_pad": int(step.mode != "inside")} if kind == "Average" else {}
                    node(f"{kind}Pool", [at], kernel_shape=list(step.kernel), strides=list(step.stride), pads=list(step.pad), **more)
            case "pad":
                top, left, bottom, right = step.pad
                fill = np.float32(0.0 if step.value == 1 else step.value)
                node("Pad", [at, constant(np.array([0, 0, top, left, 0, 0, bottom, right], np.int64)), constant(fill)])
            case "scale":
                node("Mul", [at, constant(np.float32(step.value))])
                node("Add", [at, constant(np.float32(step.shift))])
            case "square":
                node("Mul", [at, at])
            case "silu":
                before = at
                node("Sigmoid", [before])
                node("Mul", [before, at])
            case "relu6" | "hardtanh":
                low, high = (0.0, 6.0) if step.kind == "relu6" else (-1.0, 1.0)
                node("Clip", [at, constant(np.float32(low)), constant(np.float32(high))])
            case "leaky" | "elu":
                node({"leaky": "LeakyRelu", "elu": "Elu"}[step.kind], [at], alpha=step.value)
            case "hardsigmoid":
                node("HardSigmoid", [at], alpha=step.value, beta=step.shift)
            case "gelu":
                node("Gelu", [at], approximate=step.mode or "none")
            case "softmax":
                node("Softmax", [at], axis=-1)
            case _:
                node(ONNX[step.kind], [at])
        shape = output_shape(step, shape)
    dims: list[int | str] = ["batch", given.units, *given.kernel]
    ends = field_(11, _onnx_value("image", dims)) + field_(12, _onnx_value(at, ["batch", *shape]))
    graph = b"".join([*(field_(1, one) for one in nodes), field_(2, "network"), *(field_(5, one) for one in constants), ends])
    opset, about = field_(2, 20), field_(1, HEADER) + field_(2, header(given, steps, classes))
    return field_(1, 9) + field_(2, "kernel-explorer") + field_(8, opset) + field_(7, graph) + field_(14, about)


def _onnx_tensor(name: str, value: Array) -> bytes:
    code, kind = (7, "<i8") if value.dtype.kind == "i" else (1, "<f4")
    dims = b"".join(field_(1, int(n)) for n in value.shape)
    return dims + field_(2, code) + field_(8, name) + field_(9, np.ascontiguousarray(value, kind).tobytes())


def _onnx_attribute(name: str, value: Any) -> bytes:
    if isinstance(value, float):
        return field_(1, name) + field_(2, value) + field_(20, 1)
    if isinstance(value, int):
        return field_(1, name) + field_(3, value) + field_(20, 2)
    if isinstance(value, str):
        return field_(1, name) + field_(4, value) + field_(20, 3)
    return field_(1, name) + b"".join(field_(8, int(n)) for n in value) + field_(20, 7)


def _onnx_value(name: str, dims: list[int | str]) -> bytes:
    shape = b"".join(field_(1, field_(2, n) if isinstance(n, str) else field_(1, int(n))) for n in dims)
    return field_(1, name) + field_(2, field_(1, field_(1, 1) + field_(2, shape)))
