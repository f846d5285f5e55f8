"""Keras's own description of a network, as .keras, .h5 and TensorFlow.js carry it, followed layer by layer."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.importing.chain import FIRST, LAST, Axes, Chain, start
from core.importing.refusal import Refused, refuse, shortly

Array = np.ndarray
LEFT_OUT = re.compile(
    "Dropout|AlphaDropout|SpatialDropout|GaussianDropout|GaussianNoise|ActivityRegularization|^Random|^InputLayer$|^Masking$|^Identity$"
)
ACTIVATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "relu": ("relu", {}),
    "relu6": ("relu6", {}),
    "tanh": ("tanh", {}),
    "sigmoid": ("sigmoid", {}),
    "hard_sigmoid": ("hardsigmoid", {"value": 0.2, "shift": 0.5}),
    "hardsigmoid": ("hardsigmoid", {"value": 0.2, "shift": 0.5}),
    "elu": ("elu", {}),
    "selu": ("selu", {}),
    "gelu": ("gelu", {}),
    "swish": ("silu", {}),
    "silu": ("silu", {}),
    "mish": ("mish", {}),
    "softplus": ("softplus", {}),
    "softsign": ("softsign", {}),
    "leaky_relu": ("leaky", {"value": 0.2}),
    "exponential": ("exp", {}),
    "hard_silu": ("hardswish", {}),
    "hard_swish": ("hardswish", {}),
    "linear": ("", {}),
}
REFUSED = {
    "LSTM|GRU|RNN|Bidirectional": "It is a recurrent network, which reads images row by row; this app shows dense and convolutional ones.",
    "Attention|Transformer": "It has attention layers, as transformers do; this app shows dense and convolutional networks.",
    "Transpose|UpSampling|Deconv": (
        "It makes images larger, as generators and autoencoders do; this app shows networks that name the class of an image."
    ),
    "Conv1D|Conv3D|Pooling1D|Pooling3D": "It has convolutions over one or three dimensions; this app shows networks that read images.",
    "Embedding": "It reads words (an embedding layer); this app shows networks that read images.",
    "^Add$|Concatenate|Multiply|Average$|Maximum|Subtract|Merge": (
        "It has branches that meet again (a layer that adds or joins); this app shows networks whose layers stand one behind the other."
    ),
    "Lambda|TFOp|SlicingOp": "It holds a Lambda layer, Python code of its maker that is not run here; save the network without it.",
}


@dataclass
class Layer:
    """One layer of a configuration."""

    kind: str  # class name
    config: dict[str, Any]
    inbound: list[str] = field(default_factory=list)  # names of the layers that it reads
    inner: "list[Layer]" = field(default_factory=list)  # of a network inside the network

    @property
    def name(self) -> str:
        return str(self.config.get("name", ""))


def layers_of(config: Any, depth: int = 0) -> list[Layer]:
    """The layers of a Sequential or Functional configuration, each behind the one that it reads.

    Raises:
        Refused: branches, or no such configuration.
    """
    if depth > 6 or not isinstance(config, dict):
        refuse("Its configuration is not Keras's; save the network again.")
    kind = str(config.get("class_name", ""))
    inner = config.get("config")
    listed = inner.get("layers") if isinstance(inner, dict) else inner
    if not isinstance(listed, list) or len(listed) > 500:
        refuse(f"It is a network of a class of its maker's own ({shortly(kind)}), whose code is not in the file; save its weights instead.")
    out = []
    for one in listed:
        if not isinstance(one, dict) or not isinstance(one.get("config"), dict):
            refuse("Its configuration is not Keras's; save the network again.")
        of = dict(one["config"])
        if isinstance(one.get("build_config"), dict):
            of.setdefault("build_shape", one["build_config"].get("input_shape"))
        layer = Layer(str(one.get("class_name", "")), of, _inbound(one.get("inbound_nodes")))
        layer.config.setdefault("name", str(one.get("name", "")))
        if layer.kind in ("Sequential", "Functional", "Model") or isinstance(of.get("layers"), list):
            layer.inner = layers_of({"class_name": layer.kind, "config": of}, depth + 1)
        out.append(layer)
    if kind not in ("Sequential",) and any(layer.inbound for layer in out):
        out = _in_line(out, inner.get("output_layers") if isinstance(inner, dict) else None)
    return out


def _inbound(nodes: Any) -> list[str]:
    """Names of the layers that a node reads, as Keras 2 and Keras 3 write them."""
    found: list[str] = []

    def visit(value: Any, depth: int) -> None:
        if depth > 12:
            return
        if isinstance(value, dict):
            history = value.get("keras_history")
            if isinstance(history, list) and history:
                found.append(str(history[0]))
            else:
                for one in value.values():
                    visit(one, depth + 1)
        elif isinstance(value, list):
            if len(value) >= 3 and isinstance(value[0], str) and isinstance(value[1], int):
                found.append(value[0])
            else:
                for one in value:
                    visit(one, depth + 1)

    if isinstance(nodes, list) and len(nodes) > 1:
        nodes = nodes[:1]
    visit(nodes, 0)
    return found


def _in_line(layers: list[Layer], outputs: Any) -> list[Layer]:
    by_name = {layer.name: layer for layer in layers}
    last = layers[-1]
    names = [n for n in _inbound([outputs]) if n in by_name]
    if isinstance(outputs, list) and outputs and isinstance(outputs[0], str) and outputs[0] in by_name:
        names = [outputs[0]]
    if names:
        last = by_name[names[-1]]
    line = [last]
    while line[-1].inbound:
        if len(set(line[-1].inbound)) > 1:
            refuse(REFUSED["^Add$|Concatenate|Multiply|Average$|Maximum|Subtract|Merge"])
        below = by_name.get(line[-1].inbound[0])
        if below is None or len(line) > len(layers):
            refuse("Its configuration names a layer that is not there; the file is damaged.")
        line.append(below)
    return line[::-1]


class Weights:
    """The arrays of each layer, in the order in which Keras keeps them."""

    def __init__(self, by_name: Mapping[str, Sequence[Array]], theano: bool = False) -> None:
        self.by_name = by_name
        self.theano = theano  # whether convolutions turn their kernels, as Theano's do

    def of(self, layer: Layer) -> list[Array]:
        """Arrays of a layer, empty where it has none."""
        return list(self.by_name.get(layer.name, ()))


def flat(layers: Sequence[Layer]) -> Iterator[Layer]:
    """The layers with those of networks inside in their places."""
    for layer in layers:
        if layer.inner:
            yield from flat(layer.inner)
        else:
            yield layer


def network(layers: Sequence[Layer], weights: Weights, side: int) -> Chain:
    """The network of a configuration and its arrays.

    Args:
        side: pixels a side where the configuration leaves them open.

    Raises:
        Refused: a layer that cannot be followed, in a sentence.
    """
    every = list(flat(layers))
    chain: Chain | None = None
    for layer in every:
        for pattern, sentence in REFUSED.items():
            if re.search(pattern, layer.kind) and layer.kind not in ("AveragePooling2D", "GlobalAveragePooling2D"):
                refuse(sentence)
        if chain is None:
            chain = _start(layer, weights.of(layer), side)
            if chain is None:
                continue
        chain = follow(chain, layer, weights.of(layer), weights.theano)
    if chain is None or not chain.stages:
        refuse("Its configuration holds no layer with weights.")
    return chain


def _start(layer: Layer, arrays: list[Array], side: int) -> Chain | None:
    config = layer.config
    shape = None
    for name in ("batch_input_shape", "batch_shape", "batchInputShape", "build_shape", "input_shape", "inputShape"):
        if isinstance(config.get(name), list) and len(config[name]) > 1:
            shape = config[name][1:] if name not in ("input_shape", "inputShape") else config[name]
            break
    if shape is None and isinstance(config.get("input_dim"), int):
        shape = [config["input_dim"]]
    if shape is None and layer.kind == "InputLayer":
        return None
    if shape is None:
        if arrays and layer.kind == "Dense":
            shape = [arrays[0].shape[0]]
        elif arrays and arrays[0].ndim == 4:
            shape = [side, side, arrays[0].shape[2]]
        else:
            return start((side, side)) if layer.kind in ("Flatten", "Reshape", "Rescaling") else None
    if not all(n is None or (isinstance(n, int) and not isinstance(n, bool)) for n in shape):
        refuse("Its input has a shape that cannot be.")
    return start([side if n is None else n for n in shape])


def _pair(value: Any, default: int = 1) -> tuple[int, int]:
    if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(n, int) for n in value):
        return int(value[0]), int(value[1])
    if isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], int):
        return value[0], value[0]
    if isinstance(value, int) and not isinstance(value, bool):
        return value, value
    if value is None:
        return default, default
    return refuse("A layer's size is no number; the configuration is damaged.")


def _layout(config: Mapping[str, Any]) -> Axes:
    return FIRST if config.get("data_format") == "channels_first" or config.get("dim_ordering") == "th" else LAST


def _padding(config: Mapping[str, Any]) -> str:
    word = config.get("padding", config.get("border_mode", "valid"))
    return (
        "same"
        if word == "same"
        else "valid"
        if word == "valid"
        else refuse(f"A layer has a padding that is not followed: {shortly(word)}.")
    )


def activated(chain: Chain, given: Any) -> Chain:
    """The chain with an activation as Keras writes it: a name, or a class with its configuration."""
    if given is None:
        return chain
    if isinstance(given, dict):
        config = given.get("config")
        if isinstance(config, dict) and given.get("class_name") not in (None, "function"):
            return _activation_layer(chain, str(given["class_name"]), config)
        given = config if isinstance(config, str) else given.get("class_name", "")
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(given)).lower().split(">")[-1]
    if name in ("softmax", "log_softmax", "softmax_v2"):
        return chain.softmax()
    if name not in ACTIVATIONS:
        refuse(f"It uses an activation that this app does not know: {shortly(given)}.")
    kind, options = ACTIVATIONS[name]
    return chain.activate(kind, **options)


def _activation_layer(chain: Chain, kind: str, config: Mapping[str, Any]) -> Chain:
    def number(*names: str, default: float) -> float:
        for name in names:
            value = config.get(name)
            if isinstance(value, dict) and isinstance(value.get("config"), dict):
                value = value["config"].get("value")
            if isinstance(value, int | float) and not isinstance(value, bool):
                return float(value)
        return default

    match kind:
        case "ReLU":
            slope, most = number("negative_slope", default=0.0), config.get("max_value")
            if number("threshold", default=0.0) or (most is not None and (most != 6 or slope)):
                refuse("It uses a ReLU with a threshold or a limit of its own, which this app does not follow.")
            return (
                chain.activate("relu6") if most is not None else chain.activate("leaky", value=slope) if slope else chain.activate("relu")
            )
        case "LeakyReLU":
            return chain.activate("leaky", value=number("negative_slope", "alpha", default=0.3))
        case "ELU":
            return chain.activate("elu", value=number("alpha", default=1.0))
        case "Softmax":
            return chain.softmax()
        case "ThresholdedReLU":
            refuse("It uses a ReLU with a threshold, which this app does not follow.")
    return activated(chain, kind)


def follow(chain: Chain, layer: Layer, arrays: list[Array], theano: bool = False) -> Chain:
    """The chain with one Keras layer more.

    Raises:
        Refused: it cannot be followed, or its arrays do not fit.
    """
    config, kind = layer.config, layer.kind
    if LEFT_OUT.search(kind):
        return chain
    if kind in ("Dense", "Conv2D", "Convolution2D", "DepthwiseConv2D", "SeparableConv2D") and not arrays:
        refuse(f"The file names the layer {shortly(layer.name)} and holds no weights for it; save the network with its weights.")
    try:
        match kind:
            case "Dense":
                if arrays[0].ndim != 2:
                    refuse(f"The weights of {shortly(layer.name)} are no matrix; the file is not consistent.")
                return activated(chain.dense(arrays[0], arrays[1] if len(arrays) > 1 else None), config.get("activation"))
            case "Conv2D" | "Convolution2D":
                return _conv(chain, config, arrays, theano)
            case "DepthwiseConv2D" | "SeparableConv2D":
                return _depthwise(chain, kind, config, arrays)
            case "MaxPooling2D" | "AveragePooling2D" | "MaxPool2D" | "AvgPool2D":
                size = _pair(config.get("pool_size"), 2)
                stride = _pair(config.get("strides"), 0)
                pool = "maxpool" if kind.startswith("Max") else "avgpool"
                return chain.pool(pool, size, stride if stride != (0, 0) else size, _padding(config), layout=_layout(config))
            case "GlobalAveragePooling2D" | "GlobalMaxPooling2D" | "GlobalAvgPool2D" | "GlobalMaxPool2D":
                pooled = chain.pool("maxpool" if "Max" in kind else "avgpool", None, layout=_layout(config))
                return pooled if config.get("keepdims") else pooled.flatten()
            case "Flatten":
                return _flatten(chain, config)
            case "Reshape":
                return chain.reshape([-1, *config.get("target_shape", [])])
            case "Permute":
                return chain.transpose([0, *config.get("dims", [])])
            case "Activation":
                return activated(chain, config.get("activation"))
            case "ReLU" | "LeakyReLU" | "ELU" | "Softmax" | "ThresholdedReLU":
                return _activation_layer(chain, kind, config)
            case "PReLU":
                return chain.prelu(arrays[0])
            case "BatchNormalization" | "BatchNormalizationV1" | "BatchNormalizationV2":
                return _norm(chain, config, arrays)
            case "ZeroPadding2D":
                return _zero_padding(chain, config)
            case "Rescaling":
                return chain.affine(config.get("scale", 1.0), config.get("offset", 0.0))
            case "Normalization":
                return _normalization(chain, config, arrays)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(f"The layer {shortly(layer.name or kind)} does not fit its weights; the file is damaged or edited.") from error
    if kind in ACTIVATIONS or kind.lower() in ACTIVATIONS:
        return activated(chain, kind)
    return refuse(f"It has a layer that this app does not follow: {shortly(kind)}.")


def _conv(chain: Chain, config: Mapping[str, Any], arrays: list[Array], theano: bool) -> Chain:
    kernel = arrays[0]
    layout = _layout(config)
    size = _pair(config.get("kernel_size"), 0)
    if size == (0, 0):
        size = int(config.get("nb_row", 0)), int(config.get("nb_col", 0))
    count = config.get("filters", config.get("nb_filter"))
    if kernel.ndim != 4:
        refuse("A convolution's weights are not those of images; the file is not consistent.")
    if kernel.shape[:2] == size and kernel.shape[3] == count:
        kernel = kernel.transpose(3, 2, 0, 1)
    elif not (kernel.shape[0] == count and kernel.shape[2:] == size):
        refuse("A convolution's weights have another shape than its configuration says; the file is damaged or edited.")
    if theano:
        kernel = kernel[:, :, ::-1, ::-1]
    out = chain.conv(
        np.ascontiguousarray(kernel),
        arrays[1] if len(arrays) > 1 else None,
        stride=_pair(config.get("strides", config.get("subsample"))),
        pad=_padding(config),
        dilation=_pair(config.get("dilation_rate")),
        groups=int(config.get("groups") or 1),
        layout=layout,
    )
    return activated(out, config.get("activation"))


def _depthwise(chain: Chain, kind: str, config: Mapping[str, Any], arrays: list[Array]) -> Chain:
    deep = arrays[0]
    height, width, inside, times = deep.shape
    kernel = np.ascontiguousarray(deep.transpose(2, 3, 0, 1).reshape(inside * times, 1, height, width))
    separable = kind == "SeparableConv2D"
    bias = arrays[1] if not separable and len(arrays) > 1 else None
    out = chain.conv(
        kernel,
        bias,
        stride=_pair(config.get("strides")),
        pad=_padding(config),
        dilation=_pair(config.get("dilation_rate")),
        groups=inside,
        layout=_layout(config),
    )
    if separable:
        point = np.ascontiguousarray(arrays[1].transpose(3, 2, 0, 1))
        out = out.conv(point, arrays[2] if len(arrays) > 2 else None, layout=_layout(config))
    return activated(out, config.get("activation"))


def _flatten(chain: Chain, config: Mapping[str, Any]) -> Chain:
    if config.get("data_format") == "channels_first" and len(chain.axes) == 3:
        # Keras puts the channels last before it flattens, so that both formats have the same dense weights
        return chain.transpose([0, 2, 3, 1]).flatten()
    return chain.flatten()


def _norm(chain: Chain, config: Mapping[str, Any], arrays: list[Array]) -> Chain:
    arrays = list(arrays)
    gamma = arrays.pop(0) if config.get("scale", True) and len(arrays) > 2 else None
    beta = arrays.pop(0) if config.get("center", True) and len(arrays) > 2 else None
    axis = config.get("axis", -1)
    axis = axis[0] if isinstance(axis, list) else axis
    return chain.norm(gamma, beta, arrays[0], arrays[1], float(config.get("epsilon", 1e-3)), int(axis))


def _zero_padding(chain: Chain, config: Mapping[str, Any]) -> Chain:
    pad = config.get("padding", 1)
    if isinstance(pad, int):
        sides = (pad,) * 4
    elif all(isinstance(n, int) for n in pad):
        sides = (pad[0], pad[1], pad[0], pad[1])
    else:
        sides = (pad[0][0], pad[1][0], pad[0][1], pad[1][1])
    return chain.padding(sides, 0.0, _layout(config))


def _normalization(chain: Chain, config: Mapping[str, Any], arrays: list[Array]) -> Chain:
    mean, variance = config.get("mean"), config.get("variance")
    if mean is None and len(arrays) >= 2:
        mean, variance = arrays[0], arrays[1]
    mean, deviation = np.asarray(mean, np.float64), np.maximum(np.sqrt(np.asarray(variance, np.float64)), 1e-7)
    return chain.affine(1 / deviation, -mean / deviation)
