"""What a stored state says of images, for every kind of network, by the model's own forward pass."""

from collections.abc import Callable, Mapping

import numpy as np

from core.models import mlp
from core.specs import ModelSpec
from core.training.samples import as_read

CHUNK = 500  # images at a time
Predictor = Callable[[ModelSpec, Mapping[str, np.ndarray], np.ndarray], np.ndarray]


def digit_cnn(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """The class of each image (N, h, w) uint8, ink 255, brought to the network's size. Loads torch."""
    import torch

    from core.models.digit_cnn import DigitCNN, load_weights

    network = load_weights(DigitCNN(model), weights)
    with torch.inference_mode():
        parts = [network(part.unsqueeze(1).float().div_(255)).argmax(1) for part in torch.from_numpy(as_read(images, model)).split(CHUNK)]
    return torch.cat(parts).numpy()


def pulse_cnn(model: ModelSpec, weights: Mapping[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """The class of each image (N, side, side) uint8, ink 1. Loads torch."""
    import torch

    from core.models.pulse_cnn import restore

    network = restore(model, weights)
    with torch.inference_mode():
        parts = [network(part.unsqueeze(1).float()).argmax(1) for part in torch.from_numpy(images).split(CHUNK)]
    return torch.cat(parts).numpy()


# kind of network -> predict(model, weights of one state, images uint8) -> classes (images,)
PREDICTORS: dict[str, Predictor] = {"dense": mlp.predict, "digit_cnn": digit_cnn, "pulse_cnn": pulse_cnn}
