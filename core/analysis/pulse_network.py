"""What each layer of a stored pulse CNN gives for images. Loads torch."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.models.pulse_cnn import PulseCNN, restore
from core.runs.run import Run

CONVOLUTIONS = ("conv1", "relu1", "conv2", "relu2", "pool")


def network(run: Run, state: int) -> PulseCNN:
    """The network with the convolutions of one state; its dense layers are those of the last state, which alone are kept.

    Raises:
        core.specs.SpecError: the run keeps no dense layers.
        IndexError: there is no such state.
    """
    return restore(run.spec.model, {**run.state(-1), **run.state(state)})


def as_input(images: NDArray[Any]) -> torch.Tensor:
    """(n, h, w) numbers -> (n, 1, h, w) float32."""
    return torch.from_numpy(np.array(images, dtype=np.float32))[:, None]


def activations(model: PulseCNN, images: NDArray[Any], *, whole: bool = True) -> dict[str, NDArray[np.float32]]:
    """Every layer's output by name for (n, h, w) images; without `whole` only those of the convolutions and the pool."""
    found = {name: tensor.numpy() for name, tensor in model.activations(as_input(images)).items()}
    return found if whole else {name: found[name] for name in CONVOLUTIONS}


@torch.no_grad()
def answers(model: PulseCNN, images: NDArray[Any]) -> NDArray[np.float32]:
    """What the network says to each image, (n, h, w) -> (n, classes): tanh outputs or probabilities."""
    parts = [model.answers(model(part)) for part in as_input(images).split(128)]
    return torch.cat(parts).numpy()
