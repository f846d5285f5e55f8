"""What PyTorch's functions and modules do to a chain, by their names; none of PyTorch's own code runs."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from core.importing import graph, onnx_files
from core.importing.chain import Chain
from core.importing.pickles import Record
from core.importing.refusal import refuse, shortly

Array = np.ndarray
LEFT_OUT = {
    "dropout",
    "dropout_",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "alpha_dropout",
    "feature_dropout",
    "feature_alpha_dropout",
    "contiguous",
    "to",
    "float",
    "double",
    "type",
    "detach",
    "clone",
    "requires_grad_",
    "cuda",
    "cpu",
    "type_as",
    "half",
    "identity",
}
PLAIN = {
    "relu": "relu",
    "relu_": "relu",
    "relu6": "relu6",
    "relu6_": "relu6",
    "tanh": "tanh",
    "tanh_": "tanh",
    "sigmoid": "sigmoid",
    "sigmoid_": "sigmoid",
    "selu": "selu",
    "selu_": "selu",
    "silu": "silu",
    "silu_": "silu",
    "softplus": "softplus",
    "softsign": "softsign",
    "mish": "mish",
    "mish_": "mish",
    "hardswish": "hardswish",
    "hardswish_": "hardswish",
    "square": "square",
    "abs": "abs",
    "sin": "sine",
    "sign": "sign",
    "exp": "exp",
}
MODULES = {  # class of torch.nn -> function of torch.nn.functional
    "ReLU": "relu",
    "ReLU6": "relu6",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
    "SELU": "selu",
    "SiLU": "silu",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "Mish": "mish",
    "Hardswish": "hardswish",
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
    "Softmax2d": "softmax",
}
IGNORED = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout", "Identity", "QuantStub", "DeQuantStub")
REFUSED = {
    "RNN|LSTM|GRU": graph.RECURRENT,
    "ConvTranspose|Upsample": (
        "It makes images larger, as generators and autoencoders do; this app shows networks that name the class of an image."
    ),
    "MultiheadAttention|Transformer": "It has attention layers, as transformers do; this app shows dense and convolutional networks.",
    "Embedding": "It reads words (an embedding layer); this app shows networks that read images.",
    "Conv1d|Conv3d": "It has convolutions over one or three dimensions; this app shows networks that read images.",
}


def pair(value: Any) -> tuple[int, int]:
    """A size that is one number or two."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value, value
    if isinstance(value, list | tuple) and value and all(isinstance(n, int) for n in value):
        return (int(value[0]), int(value[-1])) if len(value) <= 2 else refuse("A layer has a size of more than two numbers.")
    return refuse("A layer's size is no number; the file is damaged or edited.")


def _sides(value: Any) -> Any:
    if isinstance(value, str):
        return "same" if value == "same" else "valid"
    down, across = pair(value)
    return (down, across, down, across)


def conv2d(x: Chain, weight: Array, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1) -> Chain:
    """torch.nn.functional.conv2d."""
    kernel = np.asarray(weight)
    pad = _sides(padding)
    if pad == "same":
        (kh, kw), (dh, dw) = kernel.shape[2:], pair(dilation)
        down, across = (kh - 1) * dh, (kw - 1) * dw
        pad = (down // 2, across // 2, down - down // 2, across - across // 2)
    return x.conv(kernel, bias, stride=pair(stride), pad=pad, dilation=pair(dilation), groups=int(groups))


def _convolution(
    x: Chain, weight: Array, bias: Any, stride: Any, padding: Any, dilation: Any, transposed: Any, _: Any, groups: int, *more: Any
) -> Chain:
    if transposed:
        refuse(REFUSED["ConvTranspose|Upsample"])
    return conv2d(x, weight, bias, stride, padding, dilation, groups)


def linear(x: Chain, weight: Array, bias: Any = None) -> Chain:
    """torch.nn.functional.linear."""
    return x.dense(np.asarray(weight).T, bias)


def pooled(kind: str) -> Callable[..., Any]:
    """max_pool2d and avg_pool2d."""

    def maximum(
        x: Chain,
        size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        ceil: Any = False,
        *_: Any,
        ceil_mode: Any = False,
        **__: Any,
    ) -> Chain:
        stride = size if stride is None or stride == [] else stride
        return x.pool(kind, pair(size), pair(stride), _sides(padding), ceil=bool(ceil or ceil_mode), dilation=pair(dilation))

    def mean(
        x: Chain, size: Any, stride: Any = None, padding: Any = 0, ceil_mode: Any = False, count_include_pad: Any = True, *_: Any, **__: Any
    ) -> Chain:
        stride = size if stride is None or stride == [] else stride
        return x.pool(kind, pair(size), pair(stride), _sides(padding), ceil=bool(ceil_mode), inside=not count_include_pad)

    return maximum if kind == "maxpool" else mean


def adaptive(kind: str) -> Callable[..., Any]:
    """adaptive_avg_pool2d and adaptive_max_pool2d."""

    def run(x: Chain, size: Any, *_: Any) -> Chain:
        if isinstance(size, list | tuple):
            size = [x.shape[1 + i] if n is None else n for i, n in enumerate(size)]
        down, across = pair(size)
        if (down, across) == (1, 1):
            return x.pool(kind, None)
        if x.shape[1] % down or x.shape[2] % across:
            refuse(f"It pools {x.shape[1]}x{x.shape[2]} pixels to {down}x{across} in windows of unequal sizes, which is not followed here.")
        size = (x.shape[1] // down, x.shape[2] // across)
        return x if size == (1, 1) else x.pool(kind, size, size)

    return run


def batch_norm(
    x: Chain, weight: Any, bias: Any, mean: Any, variance: Any, training: Any = False, momentum: Any = 0.1, eps: float = 1e-5, *_: Any
) -> Chain:
    """torch.batch_norm, whose order of arguments is its own."""
    if mean is None or variance is None:
        refuse(
            "Its batch norm keeps no running mean and variance: it depends on the other images of a batch, which this app does not follow."
        )
    return x.norm(weight, bias, mean, variance, float(eps))


def functional_batch_norm(
    x: Chain, mean: Any, variance: Any, weight: Any = None, bias: Any = None, training: Any = False, momentum: Any = 0.1, eps: float = 1e-5
) -> Chain:
    """torch.nn.functional.batch_norm."""
    return batch_norm(x, weight, bias, mean, variance, training, momentum, eps)


def flatten(x: Chain, start_dim: int = 0, end_dim: int = -1) -> Chain:
    """torch.flatten, of everything but the batch."""
    lengths = x.lengths()
    count = len(lengths) + 1
    start, end = int(start_dim) % count, int(end_dim) % count
    if start <= 1 and end == count - 1:
        return x.flatten()
    sizes = [1, *lengths]
    return x.reshape([*sizes[:start], math.prod(sizes[start : end + 1]), *sizes[end + 1 :]])


def view(x: Chain, *sizes: Any) -> Chain:
    """Tensor.view and Tensor.reshape."""
    wanted = list(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], list | tuple) else list(sizes)
    if not all(isinstance(n, int) for n in wanted):
        refuse("It reshapes to sizes that are not known before it runs.")
    return x.reshape(wanted)


def softmax(x: Chain, dim: Any = None, *_: Any, **__: Any) -> Chain:
    """softmax and log_softmax over the classes."""
    if dim is not None and int(dim) % (len(x.axes) + 1) == 0:
        refuse("It takes a softmax over the images of a batch and not over the classes: its maker's slip, which this app does not follow.")
    return x.softmax()


def pad(x: Chain, sides: Sequence[int], mode: str = "constant", value: Any = 0.0) -> Chain:
    """torch.nn.functional.pad with left, right, top, bottom."""
    if mode != "constant" or len(sides) not in (2, 4):
        refuse("It pads by repeating or reflecting, which this app does not follow.")
    left, right, top, bottom = (*sides, 0, 0)[:4]
    return x.padding((top, left, bottom, right), float(value or 0.0))


def mean(x: Chain, dims: Any = None, keepdim: Any = False, *_: Any, dim: Any = None, **__: Any) -> Chain:
    """A mean over rows and columns."""
    dims = dim if dims is None else dims
    return onnx_files.reduced(x, "avgpool", dims if isinstance(dims, list | tuple) else [dims], bool(keepdim))


def transpose(x: Any, a: int, b: int) -> Any:
    """Two axes in each other's place."""
    if isinstance(x, Chain):
        order = list(range(len(x.axes) + 1))
        order[a], order[b] = order[b], order[a]
        return x.transpose(order)
    return np.swapaxes(x, a, b)


def permute(x: Chain, *order: Any) -> Chain:
    """Tensor.permute."""
    return x.transpose(order[0] if len(order) == 1 and isinstance(order[0], list | tuple) else order)


def unsqueeze(x: Chain, dim: int) -> Chain:
    """An axis of length 1."""
    lengths = [1, *x.lengths()]
    lengths.insert(dim % (len(lengths) + 1), 1)
    return x if dim == 0 else x.reshape(lengths)


def _scaled(op: str) -> Callable[..., Any]:
    def run(a: Any, b: Any, *_: Any, alpha: Any = 1, **__: Any) -> Any:
        if isinstance(a, Chain) and isinstance(b, Chain):
            refuse(graph.BRANCHES)
        return graph.arithmetic(op, *(v if isinstance(v, Chain) else np.asarray(v, np.float64) for v in (a, b)))

    return run


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "conv2d": conv2d,
    "_convolution": _convolution,
    "_convolution_mode": lambda x, w, b, stride, padding, dilation, groups: conv2d(x, w, b, stride, padding, dilation, groups),
    "linear": linear,
    "addmm": lambda bias, x, w, *_, **__: x.dense(np.asarray(w), bias),
    "matmul": lambda a, b: graph.matmul(a, b),
    "mm": lambda a, b: graph.matmul(a, b),
    "max_pool2d": pooled("maxpool"),
    "_max_pool2d": pooled("maxpool"),
    "max_pool2d_with_indices": lambda *a, **k: [pooled("maxpool")(*a, **k), None],
    "avg_pool2d": pooled("avgpool"),
    "adaptive_avg_pool2d": adaptive("avgpool"),
    "adaptive_max_pool2d": adaptive("maxpool"),
    "batch_norm": batch_norm,
    "flatten": flatten,
    "view": view,
    "reshape": view,
    "squeeze": lambda x, *_: x.squeeze(),
    "unsqueeze": unsqueeze,
    "softmax": softmax,
    "log_softmax": softmax,
    "pad": pad,
    "constant_pad_nd": lambda x, sides, value=0.0: pad(x, sides, "constant", value),
    "mean": mean,
    "transpose": transpose,
    "permute": permute,
    "t": lambda x: np.asarray(x).T,
    "leaky_relu": lambda x, negative_slope=0.01, *_, **__: x.activate("leaky", value=float(negative_slope)),
    "leaky_relu_": lambda x, negative_slope=0.01, *_, **__: x.activate("leaky", value=float(negative_slope)),
    "elu": lambda x, alpha=1.0, *_, **__: x.activate("elu", value=float(alpha)),
    "elu_": lambda x, alpha=1.0, *_, **__: x.activate("elu", value=float(alpha)),
    "gelu": lambda x, approximate="none", **__: x.activate("gelu", mode="tanh" if approximate == "tanh" else ""),
    "hardtanh": lambda x, low=-1.0, high=1.0, *_, **__: onnx_files.clipped(x, low, high),
    "hardtanh_": lambda x, low=-1.0, high=1.0, *_, **__: onnx_files.clipped(x, low, high),
    "clamp": lambda x, min=None, max=None: onnx_files.clipped(x, min, max),
    "prelu": lambda x, weight: x.prelu(weight),
    "add": _scaled("add"),
    "add_": _scaled("add"),
    "sub": _scaled("sub"),
    "mul": _scaled("mul"),
    "div": _scaled("div"),
    "argmax": lambda x, *_, **__: x.decide(),
}


def apply(name: str, arguments: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """One function of torch on a chain or on arrays.

    Raises:
        Refused: it is not followed.
    """
    if name in LEFT_OUT:
        return arguments[0]
    if name in PLAIN and arguments and isinstance(arguments[0], Chain):
        return arguments[0].activate(PLAIN[name])
    if name in FUNCTIONS:
        return FUNCTIONS[name](*arguments, **{k: v for k, v in named.items() if k not in ("inplace", "training", "dtype", "_stacklevel")})
    for pattern, sentence in REFUSED.items():
        if any(word.lower() in name.lower().replace("_", "") for word in pattern.split("|")):
            refuse(sentence)
    return refuse(f"It calls a function that this app does not follow: {shortly(name)}.")


def module(record: Record, x: Chain, settings: Mapping[str, Any]) -> Chain | None:
    """What a module of torch.nn does, from its settings; None where its class is another.

    Args:
        settings: its attributes and its parameters by name.
    """
    kind = record.name.rsplit(".", 1)[-1]
    if not record.name.removeprefix("__torch__.").startswith("torch.nn"):
        return None
    if kind in IGNORED:
        return x
    if kind in MODULES:
        return apply(MODULES[kind], [x], {})
    get: Callable[..., Any] = settings.get
    match kind:
        case "Conv2d":
            if get("padding_mode", "zeros") != "zeros":
                refuse("It pads by repeating or reflecting, which this app does not follow.")
            return conv2d(x, get("weight"), get("bias"), get("stride", 1), get("padding", 0), get("dilation", 1), get("groups", 1))
        case "Linear":
            return linear(x, get("weight"), get("bias"))
        case "BatchNorm2d" | "BatchNorm1d":
            return batch_norm(x, get("weight"), get("bias"), get("running_mean"), get("running_var"), eps=get("eps", 1e-5))
        case "MaxPool2d":
            return pooled("maxpool")(x, get("kernel_size"), get("stride"), get("padding", 0), get("dilation", 1), get("ceil_mode", False))
        case "AvgPool2d":
            return pooled("avgpool")(
                x, get("kernel_size"), get("stride"), get("padding", 0), get("ceil_mode", False), get("count_include_pad", True)
            )
        case "AdaptiveAvgPool2d" | "AdaptiveMaxPool2d":
            return adaptive("avgpool" if "Avg" in kind else "maxpool")(x, get("output_size", 1))
        case "Flatten":
            return flatten(x, get("start_dim", 1), get("end_dim", -1))
        case "Unflatten":
            sizes = get("unflattened_size", ())
            return x.reshape([-1, *sizes])
        case "LeakyReLU":
            return x.activate("leaky", value=float(get("negative_slope", 0.01)))
        case "ELU":
            return x.activate("elu", value=float(get("alpha", 1.0)))
        case "GELU":
            return x.activate("gelu", mode="tanh" if get("approximate") == "tanh" else "")
        case "Hardtanh":
            return onnx_files.clipped(x, get("min_val", -1.0), get("max_val", 1.0))
        case "PReLU":
            return x.prelu(get("weight"))
        case "ZeroPad2d" | "ConstantPad2d":
            sides = get("padding", 0)
            sides = (sides,) * 4 if isinstance(sides, int) else sides
            return pad(x, sides, "constant", get("value", 0.0))
    for pattern, sentence in REFUSED.items():
        if any(word in kind for word in pattern.split("|")):
            refuse(sentence)
    return refuse(f"It has a layer that this app does not follow: {shortly(kind)}.")
