"""Initial kernels and biases of dense layers, drawn with a generator of their own. Needs no torch."""

import math

import numpy as np


def glorot_normal(inputs: int, outputs: int, rng: np.random.Generator) -> np.ndarray:
    """Normal with variance 2 / (inputs + outputs), (inputs, outputs). Glorot and Bengio 2010."""
    return rng.normal(0.0, math.sqrt(2 / (inputs + outputs)), (inputs, outputs))


def glorot_uniform(inputs: int, outputs: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform with variance 2 / (inputs + outputs), (inputs, outputs). Glorot and Bengio 2010."""
    limit = math.sqrt(6 / (inputs + outputs))
    return rng.uniform(-limit, limit, (inputs, outputs))


def he_normal(inputs: int, outputs: int, rng: np.random.Generator) -> np.ndarray:
    """Normal with variance 2 / inputs, (inputs, outputs), made for ReLU. He et al. 2015."""
    return rng.normal(0.0, math.sqrt(2 / inputs), (inputs, outputs))


def alternating_diagonal(inputs: int, outputs: int) -> np.ndarray:
    """One -1 or +1, in turn, along a diagonal stretched over the whole matrix, (inputs, outputs).

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


def dense_layer(name: str, inputs: int, outputs: int, following: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The initial kernel (inputs, outputs) and bias (outputs,) of one dense layer, float32.

    Args:
        name: key of INITIALIZERS.
        following: what comes after the layer: "tanh", "sigmoid", "relu" or "softmax".

    Raises:
        KeyError: no initialiser has this name.
    """
    bias = np.zeros(outputs)
    if name == "glorot_normal" or (name == "he" and following != "relu"):
        kernel = glorot_normal(inputs, outputs, rng)
    elif name == "glorot_uniform":
        kernel = glorot_uniform(inputs, outputs, rng)
    elif name == "he":
        kernel = he_normal(inputs, outputs, rng)
    elif name == "alternating_diagonal":
        kernel = alternating_diagonal(inputs, outputs)
    elif name == "zeros":
        kernel = np.zeros((inputs, outputs))
    elif name == "torch":  # what torch.nn.Linear does
        limit = 1 / math.sqrt(inputs)
        kernel, bias = rng.uniform(-limit, limit, (inputs, outputs)), rng.uniform(-limit, limit, outputs)
    else:
        raise KeyError(f"no initialiser {name!r}")
    return kernel.astype(np.float32), bias.astype(np.float32)
