"""A network as PyTorch's state_dict, written without torch, and the script that builds it."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from core.importing.own_header import HEADER, Array, Steps, header, torch_names
from core.importing.refusal import refuse
from core.models.sequence_steps import output_shape
from core.specs import Step

UNEVEN = "PyTorch's layers pad both sides alike, and this network does not; take it away as ONNX or safetensors."
PYTHON: dict[str, Callable[[Step], str]] = {
    "relu": lambda _: "nn.ReLU()",
    "relu6": lambda _: "nn.ReLU6()",
    "leaky": lambda s: f"nn.LeakyReLU({s.value!r})",
    "elu": lambda s: f"nn.ELU({s.value!r})",
    "selu": lambda _: "nn.SELU()",
    "gelu": lambda s: f"nn.GELU({'approximate=' + repr('tanh') if s.mode else ''})",
    "silu": lambda _: "nn.SiLU()",
    "mish": lambda _: "nn.Mish()",
    "softplus": lambda _: "nn.Softplus()",
    "softsign": lambda _: "nn.Softsign()",
    "tanh": lambda _: "nn.Tanh()",
    "sigmoid": lambda _: "nn.Sigmoid()",
    "hardtanh": lambda _: "nn.Hardtanh()",
    "hardswish": lambda _: "nn.Hardswish()",
    "softmax": lambda _: "nn.Softmax(dim=1)",
    "flatten": lambda _: "nn.Flatten()",
    "hardsigmoid": lambda s: f"Function(lambda x: (x * {s.value!r} + {s.shift!r}).clamp(0, 1))",
    "scale": lambda s: f"Function(lambda x: x * {s.value!r} + {s.shift!r})",
    "square": lambda _: "Function(torch.square)",
    "abs": lambda _: "Function(torch.abs)",
    "sine": lambda _: "Function(torch.sin)",
    "sign": lambda _: "Function(torch.sign)",
    "exp": lambda _: "Function(torch.exp)",
}


def torch(given: Step, steps: Steps, classes: Sequence[str] = ()) -> bytes:
    """A state_dict as torch.save writes it, for `torch.load(..., weights_only=True)`; written without torch."""
    arrays: dict[str, Array] = {}
    having = [parameters for _, parameters in steps if parameters]
    for (step, names), parameters in zip(torch_names([step for step, _ in steps]), having, strict=True):
        for part, name in names:
            value = parameters[part]
            arrays[name] = np.ascontiguousarray(value.T if step.kind == "dense" and part == "kernel" else value, "<f4")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        file.writestr("archive/data.pkl", _pickle(arrays))
        file.writestr("archive/byteorder", "little")
        for i, value in enumerate(arrays.values()):
            file.writestr(f"archive/data/{i}", value.tobytes())
        file.writestr("archive/version", "3\n")
        file.writestr(f"archive/extra/{HEADER}.json", header(given, steps, classes))
    return out.getvalue()


def _pickle(arrays: Mapping[str, Array]) -> bytes:
    """An OrderedDict of tensors as instructions of a pickle, protocol 2."""

    def text(value: str) -> bytes:
        return b"X" + struct.pack("<I", len(value.encode())) + value.encode()

    def whole(value: int) -> bytes:
        return b"J" + struct.pack("<i", value)

    def whole_tuple(values: tuple[int, ...]) -> bytes:
        return b"(" + b"".join(map(whole, values)) + b"t"

    body = b"\x80\x02ccollections\nOrderedDict\n)R("
    for i, (name, value) in enumerate(arrays.items()):
        strides = tuple(stride // value.itemsize for stride in value.strides)
        storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text(str(i)) + text("cpu") + whole(value.size) + b"tQ"
        empty = b"ccollections\nOrderedDict\n)R"
        tensor = b"(" + storage + whole(0) + whole_tuple(value.shape) + whole_tuple(strides) + b"\x89" + empty + b"t"
        body += text(name) + b"ctorch._utils\n_rebuild_tensor_v2\n" + tensor + b"R"
    return body + b"u."


def script(given: Step, steps: Steps, name: str = "network.pt") -> str:
    """Python that builds the network of `torch` and loads its state_dict."""
    shape: tuple[int, ...] = (given.units, *given.kernel)
    lines = []
    for step, parameters in steps:
        lines.append(f"    {_python(step, shape, parameters)},")
        shape = output_shape(step, shape)
    size = f"{given.units}, {given.kernel[0]}, {given.kernel[1]}"
    scaled = "" if (given.value, given.shift) == (1.0, 0.0) else f" * {given.value!r} + {given.shift!r}"
    own = any("Function(" in line for line in lines)
    function = (
        "\n\nclass Function(nn.Module):\n    def __init__(self, of):\n        super().__init__()\n        self.of = of\n\n"
        "    def forward(self, x):\n        return self.of(x)\n"
    )
    return (
        f'"""Reads images (batch, {size}), pixels 0 to 1, ink 1{"; " + " and ".join(given.flags) if given.flags else ""}."""\n\n'
        f"import torch\nfrom torch import nn\n{function if own else ''}\n"
        "net = nn.Sequential(\n" + "\n".join(lines) + "\n)\n"
        f'net.load_state_dict(torch.load("{name}", weights_only=True), strict=False)  # batches that a norm has seen are not kept\n'
        "net.eval()\n\n\n"
        f"def answers(images):\n    with torch.no_grad():\n        return net(images{scaled})\n"
    )


def _python(step: Step, shape: tuple[int, ...], parameters: Mapping[str, Array]) -> str:
    top, left, bottom, right = step.pad
    pad = f"nn.ConstantPad2d(({left}, {right}, {top}, {bottom}), {{}})"
    match step.kind:
        case "conv":
            words = f"{shape[0]}, {step.units}, {step.kernel}, stride={step.stride}, dilation={step.dilation}, groups={step.groups}"
            if (top, left) == (bottom, right):
                return f"nn.Conv2d({words}, padding={(top, left)})"
            return f"nn.Conv2d({words})" if not any(step.pad) else refuse(UNEVEN)
        case "dense":
            return f"nn.Linear({int(np.prod(shape))}, {step.units})"
        case "norm":
            return f"nn.BatchNorm{'2d' if len(shape) == 3 else '1d'}({shape[0]}, eps={step.value!r})"
        case "prelu":
            return f"nn.PReLU({shape[0]})"
        case "pad":
            return pad.format(0.0 if step.value == 1 else step.value)
        case "maxpool" | "avgpool":
            kind = "Max" if step.kind == "maxpool" else "Avg"
            if step.kernel == (0, 0):
                return f"nn.Adaptive{kind}Pool2d(1)"
            if (top, left) != (bottom, right):
                refuse(UNEVEN)
            more = ", count_include_pad=False" if step.mode == "inside" else ""
            return f"nn.{kind}Pool2d({step.kernel}, {step.stride}, {(top, left)}{more})"
    return PYTHON[step.kind](step)
