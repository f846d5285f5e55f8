"""What a dense network does with its inputs, from its stored weights alone: norms, orders, activations, counts.

Kernels are (inputs, outputs): a row belongs to an input, a column to an output unit.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

State = Mapping[str, np.ndarray]  # parameter name -> array, as `Run.state` returns it

ORDER_KEYS = ("value", "size", "original")  # size = the value without its sign


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 0.5 * (1.0 + np.tanh(0.5 * z))  # never overflows


def _relu(z: np.ndarray) -> np.ndarray:
    return np.maximum(z, 0)


def softmax(z: np.ndarray) -> np.ndarray:
    """Probabilities (..., classes) of logits (..., classes)."""
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {"tanh": np.tanh, "sigmoid": _sigmoid, "relu": _relu, "softmax": softmax}


def layers(state: State) -> int:
    """How many dense layers a state holds."""
    return sum(name.startswith("dense") and name.endswith(".kernel") for name in state)


def kernels(state: State) -> list[np.ndarray]:
    """The kernels from the first layer to the last, each (inputs, outputs)."""
    return [state[f"dense{n}.kernel"] for n in range(1, layers(state) + 1)]


def norms(kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """L2 norms of the rows (..., inputs) and columns (..., outputs) of kernels (..., inputs, outputs), float64."""
    squares = np.square(kernel, dtype=np.float64)
    return np.sqrt(squares.sum(axis=-1)), np.sqrt(squares.sum(axis=-2))


def order(values: np.ndarray, key: str = "value", descending: bool = True) -> np.ndarray:
    """Positions (n,) that sort `values` (n,); equal ones keep their order, whichever way the rest runs.

    Raises:
        ValueError: `key` is not one of ORDER_KEYS.
    """
    if key not in ORDER_KEYS:
        raise ValueError(f"The order {key!r} is unknown; choose one of: {', '.join(ORDER_KEYS)}.")
    if key == "original":
        return np.arange(len(values))
    keys = np.abs(values) if key == "size" else np.asarray(values)
    return np.argsort(-keys if descending else keys, kind="stable")


def forward(
    state: State, images: np.ndarray, activation: str = "tanh", output: str = "softmax", dtype: Any = np.float32
) -> list[np.ndarray]:
    """Activations of every layer, the input first and the output last: [(images, inputs), (images, units) ...].

    Args:
        images: (images, ...) pixels in [0, 1], flattened here.
        dtype: float32 for many images, float64 where the sums are shown.
    """
    x = np.asarray(images, dtype=dtype).reshape(len(images), -1)  # (images, inputs)
    out = [x]
    last = layers(state)
    for n in range(1, last + 1):
        x = FUNCTIONS[output if n == last else activation](preactivation(state, n, x))  # (images, units)
        out.append(x)
    return out


def preactivation(state: State, layer: int, inputs: np.ndarray) -> np.ndarray:
    """Bias plus weighted inputs, (images, units), of one layer (1 = first) for its inputs (images, inputs)."""
    kernel = state[f"dense{layer}.kernel"].astype(inputs.dtype, copy=False)
    return inputs @ kernel + state[f"dense{layer}.bias"].astype(inputs.dtype, copy=False)


def accuracy(outputs: np.ndarray, labels: np.ndarray) -> float:
    """Share of outputs (images, classes) whose largest entry is the label (images,)."""
    return float(np.mean(outputs.argmax(axis=1) == labels))


def confusion(predicted: np.ndarray, labels: np.ndarray, classes: int = 10) -> np.ndarray:
    """Counts (classes, classes), rows = actual, columns = predicted, of two lists (images,) of classes."""
    return np.bincount(labels.astype(np.int64) * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def recall(counts: np.ndarray) -> np.ndarray:
    """Share of each actual class that is recognised, (..., classes), from confusion counts; NaN for a class without images."""
    right = np.diagonal(counts, axis1=-2, axis2=-1).astype(np.float64)
    total = counts.sum(axis=-1)
    return np.divide(right, total, out=np.full(right.shape, np.nan), where=total > 0)
