"""A random network of the MLP page's sizes, images for it, and torch's own activations."""

import itertools

import numpy as np
import torch

SIZES = (784, 49, 7, 15, 15, 10)


def made_state() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    out = {}
    for n, (rows, columns) in enumerate(itertools.pairwise(SIZES), start=1):
        out[f"dense{n}.kernel"] = (rng.normal(size=(rows, columns)) * (2 / (rows + columns)) ** 0.5).astype(np.float32)
        out[f"dense{n}.bias"] = rng.normal(size=columns).astype(np.float32)
    return out


def made_images() -> np.ndarray:
    return np.random.default_rng(1).random((20, 28, 28), dtype=np.float32)


def torch_activations(state: dict[str, np.ndarray], images: np.ndarray, activation: str) -> list[np.ndarray]:
    x = torch.from_numpy(images).double().reshape(len(images), -1)
    out = [x.numpy()]
    for n in range(1, len(SIZES)):
        z = torch.nn.functional.linear(
            x, torch.from_numpy(state[f"dense{n}.kernel"]).double().T, torch.from_numpy(state[f"dense{n}.bias"]).double()
        )
        x = torch.softmax(z, dim=1) if n == len(SIZES) - 1 else getattr(torch.nn.functional, activation)(z)
        out.append(x.numpy())
    return out
