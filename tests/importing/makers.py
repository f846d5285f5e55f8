"""Small networks written by hand in the ways of each framework, with torch's own forward pass beside them."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from core.importing.expressing import expressed
from core.importing.reading import understood
from core.importing.understanding import Images
from core.models import network

GREY = Images(28, 1, 10)


class Small(nn.Module):
    """Two convolutions of different kinds, batch norm, two dense layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 5)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 6, 3, stride=2, padding=1)
        self.fc1 = nn.Linear(6 * 6 * 6, 12)
        self.fc2 = nn.Linear(12, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 2)
        x = torch.tanh(self.conv2(x))
        x = x.view(-1, 216)
        return nn.functional.log_softmax(self.fc2(nn.functional.elu(self.fc1(x))), dim=1)


def small(seed: int = 0) -> Small:
    """The network with running statistics that are not those of the start."""
    torch.manual_seed(seed)
    net = Small()
    with torch.no_grad():
        net.bn1.running_mean.uniform_(-0.2, 0.2)
        net.bn1.running_var.uniform_(0.5, 1.5)
        net.bn1.weight.uniform_(0.5, 1.5)
        net.bn1.bias.uniform_(-0.3, 0.3)
    return net.eval()


def digits(count: int = 9, side: int = 28) -> np.ndarray:
    """Noise as images (count, side, side) uint8."""
    return np.random.default_rng(3).integers(0, 256, (count, side, side), dtype=np.uint8)


def said(net: nn.Module, images: np.ndarray) -> np.ndarray:
    """Probabilities by torch itself."""
    with torch.no_grad():
        return torch.softmax(net(torch.from_numpy(images / np.float32(255))[:, None]), 1).numpy()


def answers(files: Mapping[str, bytes], images: np.ndarray, about: Images = GREY, **reading: Any) -> np.ndarray:
    """What the network of a file says to images, every open question at its most usual option or as given."""
    puzzle = understood(files, about).puzzle
    values = {q.name: q.default for q in puzzle.questions} | reading
    chain, given = puzzle.build(values)
    found = expressed(chain, given, images.shape[1:])
    return network.answers(found.model, found.weights, images)


def saved(thing: Any, **options: Any) -> bytes:
    """The bytes of torch.save."""
    file = io.BytesIO()
    torch.save(thing, file, **options)
    return file.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in files.items():
            file.writestr(name, data)
    return out.getvalue()


def keras_layers(net: Small) -> list[dict[str, Any]]:
    """The same network as Keras describes it."""
    conv2 = {"filters": 6, "kernel_size": [3, 3], "strides": [2, 2], "padding": "valid", "activation": "tanh"}
    return [
        {"class_name": "InputLayer", "config": {"name": "input", "batch_input_shape": [None, 28, 28, 1]}},
        {"class_name": "Conv2D", "config": {"name": "conv2d", "filters": 4, "kernel_size": [5, 5], "strides": [1, 1], "padding": "valid"}},
        {"class_name": "BatchNormalization", "config": {"name": "batch_normalization", "axis": [3], "epsilon": net.bn1.eps}},
        {"class_name": "Activation", "config": {"name": "activation", "activation": "relu"}},
        {"class_name": "MaxPooling2D", "config": {"name": "max_pooling2d", "pool_size": [2, 2], "strides": [2, 2], "padding": "valid"}},
        {"class_name": "ZeroPadding2D", "config": {"name": "zero_padding2d", "padding": [[1, 1], [1, 1]]}},
        {"class_name": "Conv2D", "config": {"name": "conv2d_1", **conv2}},
        {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.5}},
        {"class_name": "Flatten", "config": {"name": "flatten", "data_format": "channels_last"}},
        {"class_name": "Dense", "config": {"name": "dense", "units": 12, "activation": "elu"}},
        {"class_name": "Dense", "config": {"name": "dense_1", "units": 10, "activation": "softmax"}},
    ]


def keras_weights(net: Small) -> dict[str, dict[str, np.ndarray]]:
    """Its arrays as Keras lays them out: layer -> name -> array."""
    w = {name: value.detach().numpy() for name, value in net.state_dict().items()}
    first = w["fc1.weight"].reshape(12, 6, 6, 6).transpose(2, 3, 1, 0).reshape(216, 12)  # rows, columns, channels
    return {
        "conv2d": {"kernel": w["conv1.weight"].transpose(2, 3, 1, 0), "bias": w["conv1.bias"]},
        "batch_normalization": {
            "gamma": w["bn1.weight"],
            "beta": w["bn1.bias"],
            "moving_mean": w["bn1.running_mean"],
            "moving_variance": w["bn1.running_var"],
        },
        "conv2d_1": {"kernel": w["conv2.weight"].transpose(2, 3, 1, 0), "bias": w["conv2.bias"]},
        "dense": {"kernel": first, "bias": w["fc1.bias"]},
        "dense_1": {"kernel": w["fc2.weight"].T, "bias": w["fc2.bias"]},
    }


def keras_h5(weights: Mapping[str, Mapping[str, np.ndarray]], config: Any = None, group: str = "model_weights") -> bytes:
    """A .h5 file as Keras 2 writes it, with its configuration or of weights alone."""
    import h5py

    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        place = file
        if config is not None:
            file.attrs["model_config"] = json.dumps(config)
            file.attrs["backend"] = "tensorflow"
            place = file.create_group(group)
        place.attrs["layer_names"] = [name.encode() for name in weights]
        for layer, arrays in weights.items():
            inside = place.create_group(layer)
            inside.attrs["weight_names"] = [f"{layer}/{name}:0".encode() for name in arrays]
            for name, value in arrays.items():
                inside.create_dataset(f"{layer}/{name}:0", data=value)
    return out.getvalue()


def keras_zip(net: Small, prefix: str = "layers/") -> bytes:
    """A .keras file: groups are called after the classes of the layers."""
    import h5py

    inner = io.BytesIO()
    with h5py.File(inner, "w") as file:
        for layer, arrays in keras_weights(net).items():
            place = file.create_group(f"{prefix}{layer}/vars")
            for i, value in enumerate(arrays.values()):
                place.create_dataset(str(i), data=value)
    config = {"class_name": "Sequential", "config": {"name": "mine", "layers": keras_layers(net)}}
    return zipped({"config.json": json.dumps(config).encode(), "model.weights.h5": inner.getvalue(), "metadata.json": b"{}"})


def tfjs(net: Small) -> dict[str, bytes]:
    """model.json and two shards."""
    arrays = [(f"{layer}/{name}", value) for layer, group in keras_weights(net).items() for name, value in group.items()]
    data = b"".join(np.ascontiguousarray(value, "<f4").tobytes() for _, value in arrays)
    about = {
        "format": "layers-model",
        "modelTopology": {"keras_version": "2", "model_config": {"class_name": "Sequential", "config": {"layers": keras_layers(net)}}},
        "weightsManifest": [
            {
                "paths": ["group1-shard1of2.bin", "group1-shard2of2.bin"],
                "weights": [{"name": name, "shape": list(value.shape), "dtype": "float32"} for name, value in arrays],
            }
        ],
    }
    return {"model.json": json.dumps(about).encode(), "group1-shard1of2.bin": data[:1_000], "group1-shard2of2.bin": data[1_000:]}
