"""How errors travel back through a dense network: how large they are at each layer, and what each activation lets through."""

from dataclasses import dataclass

import numpy as np

from core.analysis.gradient import Pass, backward
from core.models.activations import TABLE
from core.models.dense import Weights, initial
from core.specs import ModelSpec

OPEN = 0.01  # slope below which a unit lets nothing to speak of through
STARTS = {"relu": "he", "elu": "he"}  # activation -> initialiser that suits it; Glorot's for the others


@dataclass(frozen=True)
class Flow:
    """One layer's part in the way back; every size is a root of a mean of squares over images and units, or over weights."""

    error: float  # of the errors at the layer's sums
    gradient: float  # of the kernel's gradient, the mean over the images
    sent: float | None  # hidden layers: what the kernel above sends back, before the slope
    slope: float | None  # hidden layers: the mean slope
    dead: int  # hidden units whose slope is below OPEN for every image

    @property
    def through(self) -> float | None:
        """The share of what is sent back that the slopes let through."""
        return None if self.sent is None else self.error / self.sent if self.sent else 0.0


def rms(values: np.ndarray) -> float:
    """The root of the mean of the squares."""
    return float(np.sqrt(np.square(values, dtype=np.float64).mean()))


def flow(model: ModelSpec, weights: Weights, found: Pass) -> list[Flow]:
    """Each layer's part, from the first layer to the last, for the images of a pass."""
    out = []
    for layer in range(1, found.layers + 1):
        own = (rms(found.errors[layer - 1]), rms(found.kernel(layer)))
        if layer == found.layers:
            out.append(Flow(*own, None, None, 0))
            continue
        slopes = np.asarray(TABLE[model.activation].slope(found.outputs[layer]), np.float64)  # (images, units)
        sent = rms(found.errors[layer] @ weights[f"dense{layer + 1}.kernel"].T)
        out.append(Flow(*own, sent, float(slopes.mean()), int((slopes.max(0) < OPEN).sum())))
    return out


def fresh(inputs: int, classes: int, width: int, depth: int, activation: str, seed: int = 0) -> tuple[ModelSpec, dict[str, np.ndarray]]:
    """An untrained network of so many hidden layers of one width, started as suits its activation, with its weights."""
    sizes = (inputs, *[width] * depth, classes)
    model = ModelSpec("dense", sizes=sizes, activation=activation, initializer=STARTS.get(activation, "glorot_normal"), seed=seed)
    return model, initial(model)


def errors_by_layer(model: ModelSpec, weights: Weights, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Size of the errors at each layer's sums, from the first layer to the last, (layers,)."""
    return np.array([rms(error) for error in backward(model, weights, images, labels).errors])
