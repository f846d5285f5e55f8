"""Initial kernels and biases of dense layers, drawn with a generator of their own. Needs torch for "orthogonal" alone.

A kernel's function takes (inputs, outputs, following, rng): the two sizes, what comes after the layer ("tanh", "relu", ...,
"softmax") and the generator; it gives (inputs, outputs).
"""

import math
from collections.abc import Callable

import numpy as np

Kernel = Callable[[int, int, str, np.random.Generator], np.ndarray]


def glorot_normal(inputs: int, outputs: int, following: str, rng: np.random.Generator) -> np.ndarray:
    """Normal with variance 2 / (inputs + outputs). Glorot and Bengio 2010."""
    return rng.normal(0.0, math.sqrt(2 / (inputs + outputs)), (inputs, outputs))


def glorot_uniform(inputs: int, outputs: int, following: str, rng: np.random.Generator) -> np.ndarray:
    """Uniform with variance 2 / (inputs + outputs). Glorot and Bengio 2010."""
    limit = math.sqrt(6 / (inputs + outputs))
    return rng.uniform(-limit, limit, (inputs, outputs))


def he(inputs: int, outputs: int, following: str, rng: np.random.Generator) -> np.ndarray:
    """Normal with variance 2 / inputs before ReLU, for which He et al. 2015 made it, and ELU; Glorot's elsewhere."""
    if following not in ("relu", "elu"):
        return glorot_normal(inputs, outputs, following, rng)
    return rng.normal(0.0, math.sqrt(2 / inputs), (inputs, outputs))


def orthogonal(inputs: int, outputs: int, following: str, rng: np.random.Generator) -> np.ndarray:
    """Rows or columns, whichever are fewer, at right angles and of one length, torch's gain for what follows. Saxe et al. 2013."""
    import torch

    own = torch.Generator().manual_seed(int(rng.integers(2**63)))
    try:
        gain = torch.nn.init.calculate_gain(following)  # type: ignore[arg-type]  # it names those it knows
    except ValueError:  # it has no number for softmax and ELU
        gain = 1.0
    return torch.nn.init.orthogonal_(torch.empty(outputs, inputs), gain, generator=own).T.numpy()


def alternating_diagonal(inputs: int, outputs: int, following: str = "", rng: np.random.Generator | None = None) -> np.ndarray:
    """One -1 or +1, in turn, along a diagonal stretched over the whole matrix; nothing is drawn.

    A layer that narrows has one entry a row, each times outputs / inputs, so that a column's sizes add up to 1;
    any other has one entry a column.
    """
    kernel = np.zeros((inputs, outputs))
    entries = np.arange(max(inputs, outputs))
    signs = np.where(entries % 2 == 0, -1.0, 1.0)
    if inputs > outputs:
        kernel[entries, entries * outputs // inputs] = signs * outputs / inputs
    else:
        kernel[entries * inputs // outputs, entries] = signs
    return kernel


def zeros(inputs: int, outputs: int, following: str, rng: np.random.Generator) -> np.ndarray:
    """Nothing but 0."""
    return np.zeros((inputs, outputs))


def torch_linear(inputs: int, outputs: int, following: str, rng: np.random.Generator) -> np.ndarray:
    """Uniform within 1 / sqrt(inputs), as torch.nn.Linear starts; its bias does likewise."""
    limit = 1 / math.sqrt(inputs)
    return rng.uniform(-limit, limit, (inputs, outputs))


# keys are those of core.specs.INITIALIZERS
TABLE: dict[str, Kernel] = {
    "glorot_normal": glorot_normal,
    "glorot_uniform": glorot_uniform,
    "alternating_diagonal": alternating_diagonal,
    "zeros": zeros,
    "he": he,
    "orthogonal": orthogonal,
    "torch": torch_linear,
}


def dense_layer(name: str, inputs: int, outputs: int, following: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The initial kernel (inputs, outputs) and bias (outputs,) of one dense layer, float32.

    Args:
        name: key of TABLE.
        following: what comes after the layer: an activation or "softmax".

    Raises:
        KeyError: no initialiser has this name.
    """
    if name not in TABLE:
        raise KeyError(f"no initialiser {name!r}")
    kernel = TABLE[name](inputs, outputs, following, rng)
    limit = 1 / math.sqrt(inputs)
    bias = rng.uniform(-limit, limit, outputs) if name == "torch" else np.zeros(outputs)
    return np.ascontiguousarray(kernel, np.float32), bias.astype(np.float32)
