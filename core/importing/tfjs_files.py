"""TensorFlow.js: model.json with its shards of numbers, as Keras layers or as a graph."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from core.importing import keras_layers, tensorflow_graph
from core.importing.chain import Chain
from core.importing.keras_layers import Weights
from core.importing.refusal import Refused, refuse, shortly

Array = np.ndarray
TYPES = {"float32": "<f4", "int32": "<i4", "bool": "u1", "uint8": "u1", "uint16": "<u2", "float16": "<f2"}
MOST_VALUES = 1 << 25


def is_model(about: Any) -> bool:
    """Whether JSON is a TensorFlow.js network."""
    return isinstance(about, dict) and "modelTopology" in about and "weightsManifest" in about


def read(about: Mapping[str, Any], shards: Mapping[str, bytes], side: int) -> tuple[Chain, str]:
    """The network of model.json and its shards (bytes by file name), and how it is written.

    Raises:
        Refused: a shard is missing or of another length, or a layer that cannot be followed.
    """
    topology = about["modelTopology"]
    try:
        weights = _weights(about["weightsManifest"], shards)
        if isinstance(topology, dict) and "node" in topology:
            return _graph(about, topology, weights, side), "TensorFlow.js graph"
        config = topology.get("model_config", topology)
        layers = keras_layers.layers_of(_snake(config))
        by_name: dict[str, list[Array]] = {}
        for name, value in weights.items():
            parts = name.split("/")
            for layer in keras_layers.flat(layers):
                if layer.name in parts[:-1]:
                    by_name.setdefault(layer.name, []).append(value)
        return keras_layers.network(layers, Weights(by_name), side), "TensorFlow.js layers"
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("Its model.json is damaged or edited: a part of its description is missing. Convert the network again.") from error


def _graph(about: Mapping[str, Any], topology: Mapping[str, Any], weights: Mapping[str, Array], side: int) -> Chain:
    signature = about.get("signature") or about.get("userDefinedMetadata", {}).get("signature") or {}
    outputs = [str(one["name"]) for one in signature.get("outputs", {}).values() if isinstance(one, dict) and "name" in one]
    return tensorflow_graph.network(topology["node"], weights, outputs, side)


def _snake(value: Any, depth: int = 0) -> Any:
    """Names of settings as Python's Keras writes them: batchInputShape -> batch_input_shape."""
    if depth > 30:
        refuse("Its model.json is nested deeper than any network's.")
    if isinstance(value, dict):
        return {_lower(str(k)): _snake(v, depth + 1) for k, v in value.items()}
    return [_snake(one, depth + 1) for one in value] if isinstance(value, list) else value


def _lower(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _weights(manifest: Any, shards: Mapping[str, bytes]) -> dict[str, Array]:
    out: dict[str, Array] = {}
    total = 0
    for group in manifest:
        names = [str(path).replace("\\", "/").split("/")[-1] for path in group["paths"]]
        missing = [name for name in names if name not in shards]
        if missing:
            refuse(
                f"Its numbers are in {shortly(missing[0])}, which was not dropped with it: drop model.json and all its .bin files "
                "together, or one ZIP of them."
            )
        data = b"".join(shards[name] for name in names)
        at = 0
        for one in group["weights"]:
            shape = [int(n) for n in one["shape"]]
            count = math.prod(shape)
            total += count
            if any(n < 0 for n in shape) or total > MOST_VALUES:
                refuse(f"Its arrays hold more than {MOST_VALUES:,} numbers; this app shows smaller networks.")
            packed = one.get("quantization") or {}
            kind = str(packed.get("dtype", one.get("dtype", "float32")))
            if kind == "string":
                refuse("It holds texts among its weights; this app shows networks that read images.")
            if kind not in TYPES:
                refuse(f"It holds numbers of a type that is not read here: {shortly(kind)}.")
            size = count * np.dtype(TYPES[kind]).itemsize
            if at + size > len(data):
                refuse("A .bin file is shorter than its model.json says: it was cut, or belongs to another network.")
            values = np.frombuffer(data[at : at + size], TYPES[kind])
            at += size
            if "scale" in packed:
                values = values.astype(np.float32) * np.float32(packed["scale"]) + np.float32(packed.get("min", 0.0))
            out[str(one["name"])] = values.reshape(shape)
    return out
