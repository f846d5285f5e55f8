"""Keras's files: .keras, .h5 with its configuration, .h5 of weights alone. HDF5 is read by h5py, nothing by Keras itself."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import numpy as np

from core.importing import keras_layers
from core.importing.archive import Archive
from core.importing.keras_layers import Layer, Weights
from core.importing.own_header import HEADER
from core.importing.refusal import Refused, refuse

Array = np.ndarray
MOST_VALUES = 1 << 25
CUT = "The file is damaged or cut short: its HDF5 cannot be read. Get it again, or save it again."
MISSING = "Files of Keras need the package h5py, which is not installed here; install it with pip install h5py."


@dataclass
class KerasFile:
    """What a file of Keras holds."""

    layers: list[Layer] = field(default_factory=list)  # empty: weights alone
    weights: Weights = field(default_factory=lambda: Weights({}))
    tensors: dict[str, Array] = field(default_factory=dict)  # of weights alone
    theano: str = ""  # "yes", "no" or "" unknown: whether kernels are turned
    wrapping: str = ""
    header: str = ""  # of one that left this app


def read_keras(archive: Archive) -> KerasFile:
    """A .keras file: config.json and model.weights.h5 in a ZIP."""
    config = parsed(archive.read("config.json"))
    if "model.weights.h5" not in archive.names:
        refuse("It is a .keras file without its weights; save the network again.")
    tensors = _h5(archive.read("model.weights.h5"))
    layers = keras_layers.layers_of(config)
    return KerasFile(layers, Weights(_by_class(layers, tensors)), wrapping=".keras")


def parsed(data: bytes | str) -> Any:
    """JSON of a file.

    Raises:
        Refused: it is none.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Refused("Its description is no whole JSON: the file is damaged or cut short; get it again.") from error


def read_h5(data: bytes) -> KerasFile:
    """A .h5 file, with the network's configuration or without."""
    found = _h5(data)
    config = found.attributes.get("model_config") or found.attributes.get("/model_config")
    backend = found.attributes.get("backend", found.attributes.get("model_weights@backend", ""))
    theano = "yes" if backend == "theano" else "no" if backend else ""
    ours = found.attributes.get(HEADER, "")
    if config:
        layers = keras_layers.layers_of(parsed(config))
        inside = found.within("model_weights")
        return KerasFile(layers, Weights(_by_group(layers, inside)), theano=theano, wrapping="HDF5 with its configuration", header=ours)
    tensors = found.weights()
    if not tensors:
        refuse("It is an HDF5 file without a network's weights.")
    return KerasFile(tensors=tensors, theano=theano, wrapping="HDF5, weights alone")


@dataclass
class _Contents:
    """Arrays and texts of an HDF5 file by path."""

    arrays: dict[str, Array]
    attributes: dict[str, Any]  # name at the root, path@name below
    orders: dict[str, list[str]]  # group -> its arrays in Keras's own order

    def within(self, group: str) -> "_Contents":
        prefix = f"{group}/"
        return _Contents(
            {n[len(prefix) :]: v for n, v in self.arrays.items() if n.startswith(prefix)},
            {},
            {n[len(prefix) :]: v for n, v in self.orders.items() if n.startswith(prefix)},
        )

    def weights(self) -> dict[str, Array]:
        """Arrays by name without those of the optimiser, in Keras's own order where it says one."""
        out: dict[str, Array] = {}
        for group, names in self.orders.items():
            for name in names:
                for path in (f"{group}/{name}" if group else name, name):
                    if path in self.arrays:
                        out[path] = self.arrays[path]
                        break
        for path, value in self.arrays.items():
            if path not in out and not re.search("optimizer|seed_generator|metrics", path):
                out[path] = value
        return _named(out)


def _named(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Keras 3 numbers the arrays of a layer (layers/dense/vars/0); they get the names that they have elsewhere."""
    groups: dict[str, list[tuple[int, str]]] = {}
    out: dict[str, Array] = {}
    for path in arrays:
        found = re.fullmatch(r"(.*?)/?vars/(\d+)", path)
        if found:
            groups.setdefault(found[1], []).append((int(found[2]), path))
    for path, value in arrays.items():
        if not re.fullmatch(r"(.*?)/?vars/(\d+)", path):
            # "dense/dense/kernel:0" and "dense/sequential/dense/kernel:0" belong to the layer "dense"
            out[path.replace(":0", "")] = value
    for group in sorted(groups, key=lambda name: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", name)].__repr__()):
        values = [arrays[path] for _, path in sorted(groups[group])]
        stem = group.removeprefix("_layer_checkpoint_dependencies/").removeprefix("layers/") or "layer"
        dims = [v.ndim for v in values]
        if len(values) == 4 and dims == [1] * 4:
            names = ["gamma", "beta", "moving_mean", "moving_variance"]
        elif dims[0] == 4 and "depthwise" in stem:
            names = ["depthwise_kernel", "bias"]
        elif dims[0] == 4 and "separable" in stem:
            names = ["depthwise_kernel", "pointwise_kernel", "bias"]
        elif dims[0] in (2, 3, 4):
            names = ["kernel", "bias"]
        else:
            continue
        out |= {f"{stem}/{name}": value for name, value in zip(names, values, strict=False)}
    return out


def _h5(data: bytes) -> _Contents:
    try:
        import h5py
    except ImportError as error:
        raise Refused(MISSING) from error
    arrays: dict[str, Array] = {}
    attributes: dict[str, Any] = {}
    orders: dict[str, list[str]] = {}
    total = 0
    try:
        with h5py.File(BytesIO(data), "r") as file:
            waiting = [("", file)]
            seen: set[Any] = set()
            while waiting:
                path, group = waiting.pop(0)
                if len(seen) > 5_000:
                    refuse("Its HDF5 holds more groups than any network of this size.")
                for name, value in group.attrs.items():
                    if name in ("model_config", "backend", "keras_version", HEADER):
                        key = name if not path else f"{path}@{name}"
                        attributes[key] = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                    if name == "weight_names":
                        orders[path] = [n.decode("utf-8", "replace") if isinstance(n, bytes) else str(n) for n in value]
                    if name == "layer_names" and len(value):
                        attributes[f"{path}@layer_names"] = [n.decode() if isinstance(n, bytes) else str(n) for n in value]
                for name in group:
                    link = group.get(name, getlink=True)
                    if not isinstance(link, h5py.HardLink):  # to another file or place
                        continue
                    inner = group[name]
                    inside = f"{path}/{name}" if path else name
                    if isinstance(inner, h5py.Group):
                        key = h5py.h5o.get_info(inner.id).addr
                        if key not in seen:
                            seen.add(key)
                            waiting.append((inside, inner))
                    elif isinstance(inner, h5py.Dataset) and inner.dtype.kind in "fiub" and "optimizer" not in inside:
                        if inner.external or inner.is_virtual:
                            refuse("Its arrays lie in other files; save it as one file.")
                        total += inner.size
                        if total > MOST_VALUES:
                            refuse(f"Its arrays hold more than {MOST_VALUES:,} numbers; this app shows smaller networks.")
                        arrays[inside] = np.asarray(inner[()])
    except Refused:
        raise
    except Exception as error:  # h5py raises what the C library and Python's own types happen to raise
        raise Refused(CUT) from error
    names = attributes.get("model_weights@layer_names") or attributes.get("@layer_names")
    if names:
        place = {name: i for i, name in enumerate(names)}
        first = 1 if any(p.startswith("model_weights/") for p in arrays) else 0
        key = {p: place.get(p.split("/")[first] if len(p.split("/")) > first else p, len(place)) for p in [*arrays, *orders]}
        arrays = dict(sorted(arrays.items(), key=lambda pair: key[pair[0]]))
        orders = dict(sorted(orders.items(), key=lambda pair: key[pair[0]]))
    return _Contents(arrays, attributes, orders)


def _by_group(layers: list[Layer], found: _Contents) -> dict[str, list[Array]]:
    """Arrays of each layer where each has a group of its name, as .h5 has it; of networks inside networks too."""
    out: dict[str, list[Array]] = {}

    def assign(some: list[Layer], group: str) -> None:
        for layer in some:
            if layer.inner:
                assign(layer.inner, group or layer.name)
                continue
            names = found.orders.get(layer.name)
            if names is not None and not group:
                out[layer.name] = [a for n in names if (a := found.arrays.get(f"{layer.name}/{n}")) is not None]
                continue
            inside = [n for n in found.orders.get(group, []) if f"/{layer.name}/" in f"/{n}"]
            arrays = [a for n in inside if (a := found.arrays.get(f"{group}/{n}")) is not None]
            if not arrays:
                paths = [p for p in found.arrays if f"/{layer.name}/" in f"/{p}"]
                arrays = [found.arrays[p] for p in sorted(paths, key=_part)]
            out[layer.name] = arrays

    assign(layers, "")
    return out


def _part(path: str) -> tuple[int, str]:
    """Order of a layer's arrays where the file does not say it."""
    words = ("depthwise_kernel", "pointwise_kernel", "kernel", "gamma", "bias", "beta", "moving_mean", "moving_variance")
    last = path.split("/")[-1].split(":")[0]
    return (words.index(last) if last in words else len(words), path)


def _by_class(layers: list[Layer], found: _Contents) -> dict[str, list[Array]]:
    """Arrays of each layer of a .keras file, whose groups are called after the class of the layer and counted, or after its name."""
    groups: dict[str, list[tuple[int, Array]]] = {}
    for path, value in found.arrays.items():
        at = re.fullmatch(r"(.*?)/?vars/(\d+)", path)
        if at:
            groups.setdefault(at[1], []).append((int(at[2]), value))
    arrays = {name: [v for _, v in sorted(some, key=lambda pair: pair[0])] for name, some in groups.items()}
    out: dict[str, list[Array]] = {}

    def assign(some: list[Layer], prefix: str) -> None:
        counts: dict[str, int] = {}
        for layer in some:
            snake = _snake(layer.kind)
            number = counts.get(snake, -1) + 1
            counts[snake] = number
            called = snake if not number else f"{snake}_{number}"
            if layer.inner:
                for name in (called, layer.name, "functional" if snake == "model" else snake):
                    deeper = f"{prefix}{name}/"
                    if any(path.startswith(deeper) for path in arrays):
                        assign(layer.inner, f"{deeper}layers/" if any(p.startswith(f"{deeper}layers/") for p in arrays) else deeper)
                        break
                continue
            out[layer.name] = arrays.get(f"{prefix}{called}") or arrays.get(f"{prefix}{layer.name}") or []

    prefixes = [p for p in ("layers/", "_layer_checkpoint_dependencies/", "") if any(path.startswith(p) for path in arrays)]
    assign(layers, prefixes[0] if prefixes else "layers/")
    return out


def _snake(name: str) -> str:
    """Keras's own rule for names: Conv2D -> conv2d, BatchNormalization -> batch_normalization."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def with_config(about: dict[str, Any], weights: bytes) -> KerasFile:
    """A configuration in JSON and the weights of a .h5 file beside it."""
    found = _h5(weights)
    layers = keras_layers.layers_of(about)
    inside = found.within("model_weights")
    chosen = inside if inside.arrays else found
    by_name = _by_group(layers, chosen) if chosen.orders else _by_class(layers, chosen)
    return KerasFile(layers, Weights(by_name), wrapping="architecture in JSON, weights in HDF5")
