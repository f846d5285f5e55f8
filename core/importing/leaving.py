"""Ways out: a state of any network here as safetensors, PyTorch's state_dict with its script, ONNX or Keras's HDF5.

Each file carries the steps of the network in a header of its own (`HEADER`), so that it comes back bit for bit; what other programs
read of it does not depend on that header.
"""

import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from core.importing.chain import FIRST, Chain, Stage
from core.importing.onnx_files import HEADER
from core.importing.protobuf import field_
from core.importing.refusal import Refused, refuse
from core.models import sequence
from core.models.sequence_steps import output_shape, parameter_shapes
from core.specs import ModelSpec, SpecError, Step, read_step

Array = np.ndarray
Steps = list[tuple[Step, dict[str, Array]]]
FORMATS = {"safetensors": ".safetensors", "torch": ".pt", "onnx": ".onnx", "keras": ".h5"}


def steps_of(model: ModelSpec, weights: Mapping[str, Array], shape: tuple[int, ...]) -> tuple[Step, Steps]:
    """The input and the steps of a network of any kind, with their parameters.

    Args:
        weights: one state as a run stores it.
        shape: of the images that a dense network reads, (height, width) or (height, width, 3).

    Raises:
        Refused: a state that is not whole.
    """

    def of(name: str, *parts: str) -> dict[str, Array]:
        missing = [part for part in parts if f"{name}.{part}" not in weights]
        if missing:
            refuse("This state does not keep all of its weights; choose the last one.")
        return {part: np.asarray(weights[f"{name}.{part}"], np.float32) for part in parts}

    out: Steps = []
    if model.kind == "sequence":
        for part in sequence.parts(model):
            out.append((part.step, of(part.weights, *parameter_shapes(part.step, part.before)) if part.weights else {}))
        return read_step(model.layers[0]), out
    if model.kind != "dense":
        for i, channels in enumerate(model.channels, start=1):
            out.append((Step("conv", channels, (model.kernel_size,) * 2), of(f"conv{i}", "kernel", "bias")))
            out.append((Step("relu"), {}))
            if model.kind == "digit_cnn" or i == len(model.channels):
                out.append((Step("maxpool", kernel=(2, 2), stride=(2, 2)), {}))
    out.append((Step("flatten"), {}))
    units = model.sizes[1:] if model.kind == "dense" else model.sizes
    for i, count in enumerate(units, start=1):
        first_of_pulses = model.kind == "pulse_cnn" and i == 1
        end = model.output if i == len(units) else "relu" if first_of_pulses else model.activation
        out.append((Step("dense", count), of(f"dense{i}", "kernel", "bias")))
        out.append((Step(end), {}))
    if model.kind == "dense":
        channels, sides = (shape[2] if len(shape) == 3 else 1), (shape[0], shape[1])
        kernel = out[1][1]["kernel"]
        if channels > 1:  # a dense network reads red, green and blue of a pixel side by side; steps read map by map
            order = np.arange(kernel.shape[0]).reshape(*sides, channels).transpose(2, 0, 1).ravel()
            out[1][1]["kernel"] = np.ascontiguousarray(kernel[order])
        return Step("input", channels, sides), out
    return Step("input", 1, (model.image, model.image)), out


def header(given: Step, steps: Steps) -> str:
    """What a file says of its network: JSON."""
    return json.dumps({"input": given.text, "steps": [step.text for step, _ in steps]})


def returned(text: str) -> tuple[Step, list[Step]]:
    """The input and steps of a header.

    Raises:
        Refused: it is none.
    """
    try:
        about = json.loads(text)
        return read_step(about["input"]), [read_step(one) for one in about["steps"]]
    except (ValueError, KeyError, TypeError, SpecError) as error:
        raise Refused("The file was written by this app and edited since; take it away again.") from error


def by_torch_names(steps: list[Step], tensors: Mapping[str, Array]) -> Iterator[dict[str, Array]]:
    """Parameters of a state_dict that `torch` wrote, step by step.

    Raises:
        Refused: one is missing.
    """
    for step, names in torch_names(steps):
        missing = [name for _, name in names if name not in tensors]
        if missing:
            refuse("The file was written by this app and edited since; take it away again.")
        yield {part: tensors[n].T if step.kind == "dense" and part == "kernel" else tensors[n] for part, n in names}


def by_own_names(steps: list[Step], tensors: Mapping[str, Array]) -> Iterator[dict[str, Array]]:
    """Parameters of a file that `safetensors` wrote, step by step."""
    counts: dict[str, int] = {}
    for step in steps:
        if step.kind in TORCH_NAMES:
            counts[step.kind] = counts.get(step.kind, 0) + 1
            prefix = f"{step.kind}{counts[step.kind]}."
            yield {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def chain_of(given: Step, steps: list[Step], parameters: Iterator[dict[str, Array]]) -> Chain:
    """The chain of steps whose parameters follow in order, for those steps that have any.

    Raises:
        Refused: their shapes do not fit.
    """
    size = (given.units, *given.kernel)
    shape: tuple[int, ...] = size
    stages = []
    for step in steps:
        wanted = parameter_shapes(step, shape)
        values = next(parameters, {}) if wanted else {}
        if {name: value.shape for name, value in values.items()} != wanted:
            refuse("The file was written by this app and edited since: its arrays do not fit its steps. Take it away again.")
        stages.append(Stage(step, values))
        shape = output_shape(step, shape)
        if min(shape) < 1 or (len(shape) == 3 and step.kind == "dense"):
            refuse("The file was written by this app and edited since; take it away again.")
    end = (*shape, 1, 1) if len(shape) == 1 else shape
    return Chain(size, tuple(stages), end, (("C", "H", "W"),) if len(shape) == 1 else FIRST)  # type: ignore[arg-type]


# ---- safetensors


def named(steps: Steps) -> dict[str, Array]:
    """Parameters by the names of this app: conv1.kernel, ..."""
    counts: dict[str, int] = {}
    out: dict[str, Array] = {}
    for step, parameters in steps:
        if parameters:
            counts[step.kind] = counts.get(step.kind, 0) + 1
            out |= {f"{step.kind}{counts[step.kind]}.{part}": value for part, value in parameters.items()}
    return out


def safetensors(given: Step, steps: Steps) -> bytes:
    """A safetensors file: convolutions (out, in, height, width), dense kernels (inputs, outputs)."""
    from safetensors.numpy import save

    return save({n: np.ascontiguousarray(v) for n, v in named(steps).items()}, {HEADER: header(given, steps)})


# ---- PyTorch

TORCH_NAMES = {
    "conv": (("kernel", "weight"), ("bias", "bias")),
    "dense": (("kernel", "weight"), ("bias", "bias")),
    "norm": (("gamma", "weight"), ("beta", "bias"), ("mean", "running_mean"), ("variance", "running_var")),
    "prelu": (("slope", "weight"),),
}


def torch_names(steps: list[Step]) -> Iterator[tuple[Step, list[tuple[str, str]]]]:
    """For every step with parameters, its parts and their names in the state_dict of an nn.Sequential of all steps."""
    for i, step in enumerate(steps):
        if step.kind in TORCH_NAMES:
            yield step, [(part, f"{i}.{name}") for part, name in TORCH_NAMES[step.kind]]


def torch(given: Step, steps: Steps) -> bytes:
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
        file.writestr(f"archive/extra/{HEADER}.json", header(given, steps))
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


UNEVEN = "PyTorch's layers pad both sides alike, and this network does not; take it away as ONNX or safetensors."

# ---- ONNX

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


def onnx(given: Step, steps: Steps) -> bytes:
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
    opset, about = field_(2, 20), field_(1, HEADER) + field_(2, header(given, steps))
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


# ---- Keras

KERAS = {"leaky": "LeakyReLU", "elu": "ELU", "softmax": "Softmax", "relu6": "ReLU"}
KERAS_WORDS = ("relu", "tanh", "sigmoid", "selu", "gelu", "silu", "mish", "softplus", "softsign")


def keras(given: Step, steps: Steps) -> bytes:
    """A .h5 file that Keras opens with load_model: channels last, dense kernels (inputs, outputs)."""
    import h5py

    layers: list[dict[str, Any]] = []
    arrays: dict[str, dict[str, Array]] = {}
    shape: tuple[int, ...] = (given.units, *given.kernel)
    flat = False  # whether the maps were flattened here, so that rows of the next kernel stand channels last

    def layer(kind: str, values: dict[str, Array] | None = None, **config: Any) -> None:
        name = f"{kind.lower()}_{len(layers)}"
        layers.append({"class_name": kind, "config": {"name": name, "trainable": True, "dtype": "float32", **config}})
        if values:
            arrays[name] = values

    layers.append(
        {
            "class_name": "InputLayer",
            "config": {"name": "image", "batch_input_shape": [None, *given.kernel, given.units], "dtype": "float32"},
        }
    )
    if (given.value, given.shift) != (1.0, 0.0):
        layer("Rescaling", scale=given.value, offset=given.shift)
    if given.flags:
        refuse("Keras's layers cannot make the image black and white or turn it; take this network away as ONNX or safetensors.")
    maps: tuple[int, ...] = shape
    for step, values in steps:
        if step.pad != (0, 0, 0, 0) and step.kind in ("conv", "avgpool", "pad"):
            if (step.kind == "avgpool" and step.mode == "inside") or (step.kind == "pad" and step.value not in (0.0, 1.0)):
                refuse("Keras's layers cannot pad as this network does; take it away as ONNX or safetensors.")
            top, left, bottom, right = step.pad
            layer("ZeroPadding2D", padding=[[top, bottom], [left, right]], data_format="channels_last")
        pool = {"pool_size": list(step.kernel), "strides": list(step.stride), "padding": "valid", "data_format": "channels_last"}
        match step.kind:
            case "conv":
                sizes = {"strides": list(step.stride), "dilation_rate": list(step.dilation), "groups": step.groups, "padding": "valid"}
                kernel = np.ascontiguousarray(values["kernel"].transpose(2, 3, 1, 0))
                both = {"kernel": kernel, "bias": values["bias"]}
                layer("Conv2D", both, filters=step.units, kernel_size=list(step.kernel), activation="linear", use_bias=True, **sizes)
            case "dense":
                kernel = values["kernel"]
                if len(shape) == 3:
                    layer("Flatten", data_format="channels_last")
                    flat, maps = True, shape
                if flat:
                    order = np.arange(kernel.shape[0]).reshape(maps).transpose(1, 2, 0).ravel()
                    kernel, flat = np.ascontiguousarray(kernel[order]), False
                layer("Dense", {"kernel": kernel, "bias": values["bias"]}, units=step.units, activation="linear", use_bias=True)
            case "norm":
                four = {
                    "gamma": values["gamma"],
                    "beta": values["beta"],
                    "moving_mean": values["mean"],
                    "moving_variance": values["variance"],
                }
                if flat:
                    order = np.arange(len(values["mean"])).reshape(maps).transpose(1, 2, 0).ravel()
                    four = {name: np.ascontiguousarray(value[order]) for name, value in four.items()}
                layer("BatchNormalization", four, axis=-1, epsilon=step.value, center=True, scale=True)
            case "flatten":
                layer("Flatten", data_format="channels_last")
                flat, maps = True, shape
            case "maxpool" | "avgpool":
                kind = "Max" if step.kind == "maxpool" else "Average"
                if step.kernel == (0, 0):
                    layer(f"Global{kind}Pooling2D", data_format="channels_last", keepdims=True)
                elif any(step.pad) and kind == "Max":
                    refuse("Keras's layers cannot pad as this network does; take it away as ONNX or safetensors.")
                else:
                    layer(f"{kind}Pooling2D", **pool)
            case "leaky" | "elu":
                layer(KERAS[step.kind], **({"negative_slope": step.value} if step.kind == "leaky" else {"alpha": step.value}))
            case "relu6":
                layer("ReLU", max_value=6.0, negative_slope=0.0, threshold=0.0)
            case "softmax":
                layer("Softmax", axis=-1)
            case "scale":
                layer("Rescaling", scale=step.value, offset=step.shift)
            case "pad":
                pass
            case kind if kind in KERAS_WORDS and not (kind == "gelu" and step.mode):
                layer("Activation", activation=kind)
            case _:
                refuse(f"Keras has no layer for {step.title}; take this network away as ONNX or safetensors.")
        shape = output_shape(step, shape)
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"name": "network", "layers": layers}})
        file.attrs["keras_version"], file.attrs["backend"] = "2.15.0", "tensorflow"
        file.attrs[HEADER] = header(given, steps)
        group = file.create_group("model_weights")
        names = [one["config"]["name"] for one in layers]
        group.attrs["layer_names"] = [name.encode() for name in names]
        for name in names:
            inside = group.create_group(name)
            inside.attrs["weight_names"] = [f"{name}/{part}:0".encode() for part in arrays.get(name, {})]
            for part, value in arrays.get(name, {}).items():
                inside.create_dataset(f"{name}/{part}:0", data=np.asarray(value, "<f4"))
    return out.getvalue()


WRITERS = {"safetensors": safetensors, "torch": torch, "onnx": onnx, "keras": keras}


def left(format: str, model: ModelSpec, weights: Mapping[str, Array], shape: tuple[int, ...]) -> bytes:
    """One state of a network as a file of a format of FORMATS.

    Args:
        shape: of the data set's images, (height, width) or (height, width, 3).

    Raises:
        Refused: the format cannot say it; in a sentence.
        KeyError: another format.
    """
    given, steps = steps_of(model, weights, shape)
    return WRITERS[format](given, steps)
