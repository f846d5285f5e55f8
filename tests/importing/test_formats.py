"""Every format that a network comes in: the answers are those of torch's own forward pass."""

import io
import json
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import nn

from core.importing.reading import understood
from core.importing.refusal import Refused
from tests.importing.makers import (
    GREY,
    Small,
    answers,
    digits,
    keras_h5,
    keras_layers,
    keras_weights,
    keras_zip,
    said,
    saved,
    small,
    tfjs,
    zipped,
)

LAYOUT = "conv, pool 2/2 → 12; conv stride 2 pad 1 → 6"


def close(files: Mapping[str, bytes], net: nn.Module, **reading: Any) -> None:
    images = digits()
    np.testing.assert_allclose(answers(files, images, **reading), said(net, images), atol=2e-5)


def reading(files: Mapping[str, bytes], **wanted: str) -> dict[str, Any]:
    """Options by their words."""
    out = {}
    for question in understood(files, GREY).puzzle.questions:
        for name, words in wanted.items():
            if question.name == name.replace("_", " "):
                out[question.name] = next(option for option, text in question.options.items() if words in text)
    return out


STATE = {
    "zip": lambda net: saved(net.state_dict()),
    "legacy": lambda net: saved(net.state_dict(), _use_new_zipfile_serialization=False),
    "wrapped": lambda net: saved({"epoch": 3, "model_state_dict": net.state_dict(), "optimizer_state_dict": optimiser(net), "loss": 0.1}),
    "prefix": lambda net: saved({f"_orig_mod.module.{k}": v for k, v in net.state_dict().items()}),
    "float64": lambda net: saved({k: v.double() for k, v in net.state_dict().items()}),
    "protocol 5": lambda net: saved(net.state_dict(), pickle_protocol=5),
}


def optimiser(net: nn.Module) -> dict[str, Any]:
    adam = torch.optim.Adam(net.parameters())
    net.zero_grad()
    net(torch.zeros(1, 1, 28, 28)).sum().backward()
    adam.step()
    found = adam.state_dict()
    net.load_state_dict(small().state_dict())
    return found


@pytest.mark.parametrize("way", STATE)
def test_a_state_dict(way: str) -> None:
    net = small()
    files = {"net.pt": STATE[way](net)}
    chosen = reading(files, layout=LAYOUT)
    chosen |= {"activation": "ReLU", "dense activation": "ELU"}
    # conv2's tanh is not the ReLU of conv1: no reading of a state_dict says that, so the reference has one activation
    same = small()
    same.forward = lambda x: plain(same, x)  # type: ignore[method-assign]
    close(files, same, **chosen)


def plain(net: Small, x: torch.Tensor) -> torch.Tensor:
    f = nn.functional
    x = f.max_pool2d(torch.relu(net.bn1(net.conv1(x))), 2)
    return net.fc2(f.elu(net.fc1(torch.relu(net.conv2(x)).flatten(1))))


def test_safetensors_of_every_type() -> None:
    from safetensors.torch import save

    net = small()
    same = small()
    same.forward = lambda x: plain(same, x)  # type: ignore[method-assign]
    for dtype in (torch.float64, torch.float16, torch.bfloat16):
        state = {k: v.to(dtype) if v.is_floating_point() else v for k, v in net.state_dict().items()}
        same.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in state.items()})
        files = {"net.safetensors": save(state)}
        close(files, same, **reading(files, layout=LAYOUT), **{"activation": "ReLU", "dense activation": "ELU"})


def test_torchscript_traced_and_scripted() -> None:
    import io
    import warnings

    net = small()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        modules = {"traced": torch.jit.trace(net, torch.zeros(1, 1, 28, 28)), "scripted": torch.jit.script(net)}
    for name, module in modules.items():
        file = io.BytesIO()
        torch.jit.save(module, file)
        found = understood({f"{name}.pt": file.getvalue()}, GREY)
        assert found.exact, name
        close({f"{name}.pt": file.getvalue()}, net)


def test_a_whole_sequential_module_is_followed_by_its_settings() -> None:
    torch.manual_seed(1)
    net = nn.Sequential(
        nn.Conv2d(1, 4, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(4),
        nn.LeakyReLU(0.2),
        nn.AvgPool2d(2),
        nn.Conv2d(4, 8, 3, groups=2),
        nn.GELU(),
        nn.Dropout(0.3),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 10),
    ).eval()
    for legacy in (True, False):
        data = saved(net, _use_new_zipfile_serialization=not legacy)
        assert understood({"net.pth": data}, GREY).exact
        close({"net.pth": data}, net)


def test_keras_h5_whole_and_zip() -> None:
    net = small()
    config = {"class_name": "Sequential", "config": {"name": "mine", "layers": keras_layers(net)}}
    for files in (
        {"net.h5": keras_h5(keras_weights(net), config)},
        {"net.keras": keras_zip(net)},
        {"a.keras": keras_zip(net, "_layer_checkpoint_dependencies/")},
    ):
        assert understood(files, GREY).exact
        close(files, net)


def test_keras_configuration_beside_its_weights() -> None:
    net = small()
    config = {"class_name": "Sequential", "config": {"name": "mine", "layers": keras_layers(net)}}
    close({"net.json": json.dumps(config).encode(), "weights.h5": keras_h5(keras_weights(net))}, net)


def test_a_functional_keras_network_is_followed_along_its_links() -> None:
    net = small()
    layers = keras_layers(net)
    for before, layer in pairwise(layers):
        layer["inbound_nodes"] = [[[before["config"]["name"], 0, 0, {}]]]
    config = {"class_name": "Functional", "config": {"layers": layers[::-1], "output_layers": [["dense_1", 0, 0]]}}
    close({"net.h5": keras_h5(keras_weights(net), config)}, net)


def test_keras_weights_alone_in_both_generations() -> None:
    net = small()
    same = small()
    same.bn1.eps = 1e-3  # Keras's own, which a file of weights does not say
    same.forward = lambda x: plain(same, x)  # type: ignore[method-assign]
    with torch.no_grad():
        for name in ("h5", "weights.h5"):
            weights = keras_weights(net)
            data = keras_h5(weights) if name == "h5" else numbered(weights)
            files = {f"net.{name}": data}
            shape = reading(files, layout="conv, pool 2/2 → 12; conv stride 2 same → 6")
            # "same" with stride 2 pads below alone; the torch network does so too here
            same.conv2.padding = (0, 0)
            same.forward = lambda x: plain_keras(same, x)  # type: ignore[method-assign]
            close(files, same, **shape, **{"activation": "ReLU", "dense activation": "ELU"})


def plain_keras(net: Small, x: torch.Tensor) -> torch.Tensor:
    f = nn.functional
    x = f.max_pool2d(torch.relu(net.bn1(net.conv1(x))), 2)
    return net.fc2(f.elu(net.fc1(torch.relu(net.conv2(f.pad(x, (0, 1, 0, 1)))).flatten(1))))


def numbered(weights: Mapping[str, Mapping[str, np.ndarray]]) -> bytes:
    """Weights alone as Keras 3 writes them."""
    import io

    import h5py

    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        for layer, arrays in weights.items():
            for i, value in enumerate(arrays.values()):
                file.create_dataset(f"layers/{layer}/vars/{i}", data=value)
        file.create_dataset("optimizer/vars/0", data=np.zeros(3))
    return out.getvalue()


def test_tensorflow_js_layers_dropped_together_or_as_zip() -> None:
    net = small()
    close(tfjs(net), net)
    close({"net.zip": zipped({f"web/{name}": data for name, data in tfjs(net).items()})}, net)


def test_tensorflow_js_numbers_of_eight_bits() -> None:
    """A quantised manifest is read by its scale and least value."""
    torch.manual_seed(2)
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10)).eval()
    kernel = np.random.default_rng(0).integers(0, 256, (784, 10), dtype=np.uint8)
    bias = np.zeros(10, "<f4")
    with torch.no_grad():
        net[1].weight.copy_(torch.tensor(kernel.T * np.float32(0.01) - np.float32(1.2)))
        net[1].bias.zero_()
    layers = [{"class_name": "Dense", "config": {"name": "d", "units": 10, "activation": "softmax", "batch_input_shape": [None, 784]}}]
    about = {
        "modelTopology": {"model_config": {"class_name": "Sequential", "config": layers}},
        "weightsManifest": [
            {
                "paths": ["a.bin"],
                "weights": [
                    {
                        "name": "d/kernel",
                        "shape": [784, 10],
                        "dtype": "float32",
                        "quantization": {"dtype": "uint8", "scale": 0.01, "min": -1.2},
                    },
                    {"name": "d/bias", "shape": [10], "dtype": "float32"},
                ],
            }
        ],
    }
    close({"model.json": json.dumps(about).encode(), "a.bin": kernel.tobytes() + bias.tobytes()}, net)


def node(op: str, name: str, inputs: list[str], **attributes: Any) -> dict[str, Any]:
    return {"name": name, "op": op, "input": inputs, "attr": attributes}


def test_a_tensorflow_js_graph() -> None:
    """Fused operations, a scaling in front and a flatten of channels that come last."""
    net = small()
    w = keras_weights(net)
    dims = [{"size": "-1"}, {"size": "28"}, {"size": "28"}, {"size": "1"}]
    ones = {"strides": {"list": {"i": ["1", "1", "1", "1"]}}, "padding": {"s": "VkFMSUQ="}, "data_format": {"s": "TkhXQw=="}}
    twos = {**ones, "strides": {"list": {"i": ["1", "2", "2", "1"]}}}
    nodes = [
        node("Placeholder", "x", [], shape={"shape": {"dim": dims}}),
        *(node("Const", n, []) for n in ("half", "k1", "b1", "g", "o", "m", "v", "pads", "k2", "b2", "shape", "k3", "b3", "k4", "b4")),
        node("Mul", "scaled", ["x", "half"]),
        node("_FusedConv2D", "c1", ["scaled", "k1", "b1"], **ones, fused_ops={"list": {"s": ["Qmlhc0FkZA=="]}}),
        node("FusedBatchNormV3", "n1", ["c1", "g", "o", "m", "v"], epsilon={"f": net.bn1.eps}, data_format={"s": "TkhXQw=="}),
        node("Relu", "r1", ["n1"]),
        node("MaxPool", "p1", ["r1"], ksize={"list": {"i": ["1", "2", "2", "1"]}}, **twos),
        node("Pad", "pad", ["p1", "pads"]),
        node("Conv2D", "c2", ["pad", "k2"], **twos),
        node("BiasAdd", "s2", ["c2", "b2"], data_format={"s": "TkhXQw=="}),
        node("Tanh", "t2", ["s2"]),
        node("Reshape", "flat", ["t2", "shape"]),
        node("_FusedMatMul", "d1", ["flat", "k3", "b3"], fused_ops={"list": {"s": ["Qmlhc0FkZA==", "RWx1"]}}),
        node("MatMul", "d2", ["d1", "k4"], transpose_b={"b": True}),
        node("AddV2", "z", ["d2", "b4"]),
        node("Softmax", "y", ["z"]),
        node("Identity", "Identity", ["y"]),
    ]
    arrays: dict[str, np.ndarray] = {
        "half": np.float32(0.5),
        "k1": w["conv2d"]["kernel"] * 2,
        "b1": w["conv2d"]["bias"],
        "g": w["batch_normalization"]["gamma"],
        "o": w["batch_normalization"]["beta"],
        "m": w["batch_normalization"]["moving_mean"],
        "v": w["batch_normalization"]["moving_variance"],
        "pads": np.array([[0, 0], [1, 1], [1, 1], [0, 0]], np.int32),
        "k2": w["conv2d_1"]["kernel"],
        "b2": w["conv2d_1"]["bias"],
        "shape": np.array([-1, 216], np.int32),
        "k3": w["dense"]["kernel"],
        "b3": w["dense"]["bias"],
        "k4": w["dense_1"]["kernel"].T,
        "b4": w["dense_1"]["bias"],
    }
    kinds = {n: "int32" if np.asarray(v).dtype.kind == "i" else "float32" for n, v in arrays.items()}
    about = {
        "format": "graph-model",
        "signature": {"outputs": {"out": {"name": "Identity:0"}}},
        "modelTopology": {"node": nodes},
        "weightsManifest": [
            {"paths": ["g.bin"], "weights": [{"name": n, "shape": list(np.shape(v)), "dtype": kinds[n]} for n, v in arrays.items()]}
        ],
    }
    data = b"".join(np.ascontiguousarray(v, "<i4" if kinds[n] == "int32" else "<f4").tobytes() for n, v in arrays.items())
    close({"model.json": json.dumps(about).encode(), "g.bin": data}, net)


def onnx_model(net: Small) -> Any:
    from onnx import TensorProto, helper, numpy_helper

    w = {k: v.detach().numpy() for k, v in net.state_dict().items()}
    made = helper.make_node
    nodes = [
        made("Conv", ["x", "k1", "b1"], ["c1"], kernel_shape=[5, 5]),
        made("BatchNormalization", ["c1", "g", "o", "m", "v"], ["n1"], epsilon=net.bn1.eps),
        made("Relu", ["n1"], ["r1"]),
        made("MaxPool", ["r1"], ["p1"], kernel_shape=[2, 2], strides=[2, 2]),
        made("Conv", ["p1", "k2", "b2"], ["c2"], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
        made("Tanh", ["c2"], ["t2"]),
        made("Shape", ["t2"], ["s"]),
        made("Slice", ["s", "zero", "one", "zero"], ["batch"]),
        made("Concat", ["batch", "minus"], ["target"], axis=0),
        made("Reshape", ["t2", "target"], ["flat"]),
        made("Gemm", ["flat", "k3", "b3"], ["d1"], transB=1),
        made("Elu", ["d1"], ["e1"]),
        made("Transpose", ["k4"], ["k4t"], perm=[1, 0]),
        made("MatMul", ["e1", "k4t"], ["d2"]),
        made("Add", ["d2", "b4"], ["z"]),
        made("LogSoftmax", ["z"], ["y"], axis=1),
    ]
    arrays = {
        "k1": w["conv1.weight"],
        "b1": w["conv1.bias"],
        "g": w["bn1.weight"],
        "o": w["bn1.bias"],
        "m": w["bn1.running_mean"],
        "v": w["bn1.running_var"],
        "k2": w["conv2.weight"],
        "b2": w["conv2.bias"],
        "k3": w["fc1.weight"],
        "b3": w["fc1.bias"],
        "k4": w["fc2.weight"],
        "b4": w["fc2.bias"],
        "zero": np.array([0], np.int64),
        "one": np.array([1], np.int64),
        "minus": np.array([-1], np.int64),
    }
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1, 28, 28])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 10])],
        [numpy_helper.from_array(np.ascontiguousarray(v), n) for n, v in arrays.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])


def test_onnx_with_sizes_that_it_computes_itself() -> None:
    pytest.importorskip("onnx")
    net = small()
    close({"net.onnx": onnx_model(net).SerializeToString()}, net)


def test_onnx_that_counts_its_own_mistakes() -> None:
    """A graph whose answer is an accuracy, with labels as a second input, still has the network inside."""
    onnx = pytest.importorskip("onnx")
    net = small()
    model = onnx_model(net)
    labels = onnx.helper.make_tensor_value_info("t", onnx.TensorProto.FLOAT, ["N", 10])
    model.graph.input.insert(0, labels)
    for op, inputs, outputs in (("ArgMax", ["y"], ["a"]), ("ArgMax", ["t"], ["b"]), ("Equal", ["a", "b"], ["e"])):
        model.graph.node.append(onnx.helper.make_node(op, inputs, outputs))
    model.graph.output[0].name = "e"
    close({"net.onnx": model.SerializeToString()}, net)


def npz(**arrays: np.ndarray) -> bytes:
    import io

    out = io.BytesIO()
    np.savez(out, **arrays)  # type: ignore[arg-type]  # numpy's own stub knows one keyword
    return out.getvalue()


def test_npz_in_both_orientations_and_in_two_files() -> None:
    torch.manual_seed(3)
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 20), nn.ReLU(), nn.Linear(20, 10)).eval()
    w = [p.detach().numpy() for p in net.parameters()]
    close({"a.npz": npz(W1=w[0], b1=w[1], W2=w[2], b2=w[3])}, net)
    close({"a.npz": npz(W1=w[0].T, b1=w[1], W2=w[2].T, b2=w[3])}, net)
    close({"w.npz": npz(w1=w[0], w2=w[2]), "b.npz": npz(b1=w[1][:, None], b2=w[3][:, None])}, net)


REFUSED: dict[str, tuple[Callable[[], Mapping[str, bytes]], str]] = {
    "empty": (lambda: {"a.pt": b""}, "It is empty"),
    "lfs": (lambda: {"a.pt": b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n"}, "Git LFS pointer.*git lfs pull"),
    "page": (lambda: {"a.h5": b"<!DOCTYPE html><html></html>"}, "web page"),
    "optimiser": (lambda: {"a.pt": saved(optimiser(small()))}, "optimiser's state"),
    "recurrent": (lambda: {"a.pt": saved(nn.LSTM(28, 32).state_dict())}, "recurrent network"),
    "transformer": (lambda: {"a.pt": saved(nn.TransformerEncoderLayer(16, 2).state_dict())}, "transformer"),
    "generator": (lambda: {"a.pt": saved(nn.Sequential(nn.Linear(100, 128), nn.ReLU(), nn.Linear(128, 784)).state_dict())}, "generator"),
    "discriminator": (lambda: {"a.pt": saved(nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 1)).state_dict())}, "one number"),
    "autoencoder": (lambda: {"a.pt": saved(nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 784)).state_dict())}, "autoencoder"),
    "sound": (lambda: {"a.pt": saved(nn.Conv1d(1, 4, 3).state_dict())}, "one dimension"),
    "cut zip": (lambda: {"a.pt": saved(small().state_dict())[:-500]}, "cut short or damaged"),
    "cut legacy": (lambda: {"a.pt": saved(small().state_dict(), _use_new_zipfile_serialization=False)[:-500]}, "cut short"),
    "large": (lambda: {"a.pt": bytes(65 << 20)}, "larger than 64 MB"),
    "objects": (lambda: {"a.npz": npz(a=np.array([{}], dtype=object))}, "Python objects"),
    "shards": (lambda: {"model.json": tfjs(small())["model.json"]}, "drop model.json and all its .bin files"),
    "short shard": (lambda: {**tfjs(small()), "group1-shard2of2.bin": b"12"}, "shorter than its model.json says"),
    "nan": (lambda: {"a.pt": saved({"w": torch.full((10, 784), float("nan")), "b": torch.zeros(10)})}, "not finite"),
    "text": (lambda: {"a.onnx": b"weights to come"}, "It is text"),
    "architecture": (lambda: {"a.json": json.dumps({"class_name": "Sequential", "config": {}}).encode()}, "without its weights"),
    "bytes": (lambda: {"a.onnx": bytes(range(200, 256))}, "no ONNX file"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_network_is_refused_in_a_sentence(case: str) -> None:
    files, sentence = REFUSED[case]
    with pytest.raises(Refused, match=sentence):
        found = understood(files(), GREY)
        found.puzzle.build({q.name: q.default for q in found.puzzle.questions})


class Calls:
    """What a pickle would call when it is opened."""

    happened: ClassVar[list[str]] = []

    def __reduce__(self) -> Any:
        return (Calls.happened.append, ("called",))


def test_a_pickle_that_calls_is_read_without_a_call() -> None:
    import pickle

    evil = pickle.dumps({"w": np.zeros((10, 784), np.float32), "x": Calls(), "b": np.zeros(10, np.float32)}, 2)
    os_call = b"\x80\x02cposix\nsystem\nX\x0c\x00\x00\x00touch /tmp/zz\x85R."
    for data in (evil, os_call, zipped({"a/data.pkl": os_call, "a/data/0": b""}), zipped({"a/data.pkl": evil})):
        with suppress(Refused):
            understood({"a.pt": data}, GREY)
    assert Calls.happened == []


def test_a_zip_bomb_is_not_unpacked() -> None:
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file, file.open("a/data.pkl", "w", force_zip64=True) as part:
        for _ in range(300):
            part.write(bytes(1 << 20))
    assert len(out.getvalue()) < 1 << 20
    with pytest.raises(Refused, match="unpacks into more than 256 MB"):
        understood({"a.pt": out.getvalue()}, GREY)


def test_a_tensor_that_reaches_beyond_its_numbers_is_refused() -> None:
    data = saved({"w": torch.zeros(10, 784), "b": torch.zeros(10)}, _use_new_zipfile_serialization=False)
    stretched = data.replace(b"M\x10\x03", b"M\x10\x13")  # 784 -> 4,880 in size and stride
    assert stretched != data
    with pytest.raises(Refused, match=r"cut short|damaged"):
        understood({"a.pt": stretched}, GREY)


def test_a_float_of_a_step_is_written_whole() -> None:
    assert struct.unpack("<f", struct.pack("<f", 1e-5))[0] != 1e-5  # why an epsilon of ONNX has so many digits


NORMED = {
    "weight norm": nn.utils.weight_norm,
    "weight norm, parametrised": nn.utils.parametrizations.weight_norm,
    "spectral norm": nn.utils.spectral_norm,
    "spectral norm, parametrised": nn.utils.parametrizations.spectral_norm,
}


@pytest.mark.parametrize("way", NORMED)
def test_weights_that_are_kept_in_parts(way: str) -> None:
    torch.manual_seed(0)
    normed = NORMED[way]
    net = nn.Sequential(normed(nn.Conv2d(1, 4, 5)), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), normed(nn.Linear(576, 10)))
    net(torch.randn(3, 1, 28, 28))
    close({"net.pt": saved(net.state_dict())}, net.eval())


WRITTEN_OUT = {
    "GELU": nn.functional.gelu,
    "GELU by tanh": lambda x: nn.functional.gelu(x, approximate="tanh"),
    "SiLU": nn.functional.silu,
    "hard swish": nn.functional.hardswish,
    "Mish": nn.functional.mish,
    "softsign": nn.functional.softsign,
    "square": lambda x: x * x,
    "leaky by where": lambda x: torch.where(x > 0, x, 0.1 * x),
}


class Activated(nn.Module):
    """One hidden layer with an activation that older ONNX has no operation for."""

    def __init__(self, activation: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.activation, self.fc1, self.fc2 = activation, nn.Linear(784, 12), nn.Linear(12, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(self.activation(self.fc1(x.flatten(1))))


def written(net: nn.Module, opset: int) -> bytes:
    pytest.importorskip("onnx")
    out = io.BytesIO()
    torch.onnx.export(net.eval(), (torch.zeros(1, 1, 28, 28),), out, opset_version=opset, dynamo=False)
    return out.getvalue()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("way", WRITTEN_OUT)
def test_an_activation_that_a_graph_writes_out(way: str) -> None:
    net = Activated(WRITTEN_OUT[way])
    close({"net.onnx": written(net, 11)}, net)


@pytest.mark.filterwarnings("ignore")
def test_what_only_looks_like_an_activation_is_refused() -> None:
    for activation, words in ((lambda x: x * torch.sigmoid(1.702 * x), "activation"), (lambda x: x + torch.relu(x) ** 3, "activation")):
        with pytest.raises(Refused, match=words):
            understood({"net.onnx": written(Activated(activation), 11)}, GREY)
