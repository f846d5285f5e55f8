"""Less usual ways to keep a network: lists in a pickle or JSON, dicts in .npy, other frameworks' layouts, external data."""

import io
import json
import pickle
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from core.importing.reading import understood
from core.importing.refusal import Refused
from tests.importing.makers import GREY, answers, digits, said, saved, small
from tests.importing.test_formats import npz, onnx_model, plain, reading


def mlp() -> tuple[nn.Module, list[np.ndarray]]:
    torch.manual_seed(5)
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 20), nn.ReLU(), nn.Linear(20, 10)).eval()
    return net, [p.detach().numpy() for p in net.parameters()]


def object_array(thing: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, np.array(thing, dtype=object))
    return out.getvalue()


NET, (W1, B1, W2, B2) = mlp()
WAYS = {
    "a pickled list": lambda: {"net.pkl": pickle.dumps([W1, B1, W2, B2])},
    "a pickled dict, protocol 4": lambda: {"net.pkl": pickle.dumps({"weights": [W1, W2], "biases": [B1, B2]}, 4)},
    "columns for biases": lambda: {"net.pkl": pickle.dumps({"W1": W1, "b1": B1[:, None], "W2": W2, "b2": B2[:, None]})},
    "Fortran's order": lambda: {"net.pkl": pickle.dumps({"W1": np.asfortranarray(W1), "b1": B1, "W2": W2, "b2": B2})},
    "a dict in .npy": lambda: {"net.npy": object_array({"w1": W1.T, "b1": B1, "w2": W2.T, "b2": B2})},
    "objects in .npz": lambda: {"net.npz": npz(weights=np.array([W1, W2], dtype=object), biases=np.array([B1, B2], dtype=object))},
    "JSON with lists": lambda: {
        "net.json": json.dumps(
            {"sizes": [784, 20, 10], "weights": [W1.tolist(), W2.tolist()], "biases": [B1.tolist(), B2.tolist()]}
        ).encode()
    },
    "a list of tensors": lambda: {"net.pt": saved([torch.tensor(v) for v in (W1, B1, W2, B2)])},
    "weights beside biases": lambda: {
        "net.pt": saved(
            {"weights": {"a": torch.tensor(W1), "b": torch.tensor(W2)}, "biases": {"a": torch.tensor(B1), "b": torch.tensor(B2)}}
        )
    },
    "names that sort otherwise": lambda: {
        "net.pt": saved(
            {
                "out.weight": torch.tensor(W2),
                "out.bias": torch.tensor(B2),
                "hidden.weight": torch.tensor(W1),
                "hidden.bias": torch.tensor(B1),
            }
        )
    },
    "weight norm": lambda: {
        "net.pt": saved(
            {
                "0.weight_g": torch.tensor(W1).norm(dim=1, keepdim=True),
                "0.weight_v": torch.tensor(W1) * 3,
                "0.bias": torch.tensor(B1),
                "2.weight": torch.tensor(W2),
                "2.bias": torch.tensor(B2),
            }
        )
    },
}


@pytest.mark.parametrize("way", WAYS)
def test_a_dense_network(way: str) -> None:
    np.testing.assert_allclose(answers(WAYS[way](), digits()), said(NET, digits()), atol=2e-5)


def test_layouts_of_mlx_and_of_jax() -> None:
    """Kernels (out, height, width, in), and (height, width, in, out) with dense kernels (inputs, outputs)."""
    from safetensors.numpy import save

    net = small()
    net.bn1.eps = 1e-5
    net.forward = lambda x: plain(net, x)  # type: ignore[method-assign]
    w = {name: np.ascontiguousarray(v.numpy()) for name, v in net.state_dict().items()}
    first = w["fc1.weight"].reshape(12, 6, 6, 6).transpose(0, 2, 3, 1).reshape(12, 216)  # rows, columns, channels
    mlx = {n: np.ascontiguousarray(v.transpose(0, 2, 3, 1)) if v.ndim == 4 else v for n, v in w.items()} | {
        "fc1.weight": np.ascontiguousarray(first)
    }
    files = {"net.safetensors": save(mlx)}
    chosen = reading(files, layout="conv, pool 2/2 → 12; conv stride 2 pad 1 → 6", flatten="channels last")
    np.testing.assert_allclose(
        answers(files, digits(), activation="ReLU", **chosen, **{"dense activation": "ELU"}), said(net, digits()), atol=2e-5
    )
    torch.manual_seed(6)
    jax_net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(676, 10)).eval()
    k, b, dense, bias = (p.detach().numpy() for p in jax_net.parameters())
    rows = dense.reshape(10, 4, 13, 13).transpose(2, 3, 1, 0).reshape(676, 10)
    flax = {
        "params.Conv_0.kernel": k.transpose(2, 3, 1, 0),
        "params.Conv_0.bias": b,
        "params.Dense_0.kernel": rows,
        "params.Dense_0.bias": bias,
    }
    files = {"net.safetensors": save({n: np.ascontiguousarray(v) for n, v in flax.items()})}
    np.testing.assert_allclose(answers(files, digits()), said(jax_net, digits()), atol=2e-5)


def test_onnx_with_its_numbers_in_another_file() -> None:
    onnx = pytest.importorskip("onnx")
    model = onnx_model(small())
    data = b""
    for tensor in model.graph.initializer:
        if len(tensor.raw_data) > 64:
            for key, value in (("location", "net.data"), ("offset", str(len(data))), ("length", str(len(tensor.raw_data)))):
                tensor.external_data.add(key=key, value=value)
            data += tensor.raw_data
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
    files = {"net.onnx": model.SerializeToString(), "net.data": data}
    np.testing.assert_allclose(answers(files, digits()), said(small(), digits()), atol=2e-5)
    with pytest.raises(Refused, match="in another file beside it"):
        understood({"net.onnx": files["net.onnx"]}, GREY)


def test_a_conv_network_that_ends_in_maps() -> None:
    """No dense layer: ten maps of which the means are the logits."""
    torch.manual_seed(7)
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 10, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()).eval()
    files = {"net.pt": saved(net.state_dict())}
    chosen = reading(files, layout="conv → 26; conv, pooled to 1 x 1")
    np.testing.assert_allclose(answers(files, digits(), **chosen), said(net, digits()), atol=2e-5)


def test_images_of_another_size_are_fitted() -> None:
    torch.manual_seed(8)
    net = nn.Sequential(nn.Flatten(), nn.Linear(1024, 10)).eval()
    padded = np.pad(digits(), ((0, 0), (2, 2), (2, 2)))
    files = {"net.pt": saved(net.state_dict())}
    np.testing.assert_allclose(answers(files, digits(), fit="pad"), said(net, padded), atol=2e-5)
