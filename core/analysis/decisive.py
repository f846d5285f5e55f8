"""What decides an answer, layer by layer: the products that add most to it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.models import network
from core.specs import ModelSpec


@dataclass(frozen=True)
class Step:
    """A unit on the way, and what its inputs add to it."""

    layer: int  # 1 = the one that the image feeds
    unit: int
    products: np.ndarray  # (inputs,) activation x weight
    source: int  # the input that adds most


def way(model: ModelSpec, weights: Mapping[str, np.ndarray], image: np.ndarray) -> list[Step]:
    """From the largest output of a dense network back to a pixel: at each unit on to the input that adds most to it.

    Args:
        image: (inputs,) or of the image's own shape, in [0, 1].

    Returns:
        The output's step first, the first layer's last.
    """
    acts = network.activations(model, weights, np.asarray(image).reshape(1, -1))
    layers = len(model.sizes) - 1
    unit, steps = int(acts["logits"][0].argmax()), []
    for layer in range(layers, 0, -1):
        below = acts["input" if layer == 1 else f"dense{layer - 1}"][0].reshape(-1)
        products = below * weights[f"dense{layer}.kernel"][:, unit]
        steps.append(Step(layer, unit, products, int(products.argmax())))
        unit = steps[-1].source
    return steps


def maps(model: ModelSpec, weights: Mapping[str, np.ndarray], image: np.ndarray) -> tuple[int, np.ndarray, np.ndarray]:
    """What each map before the dense layer of a CNN with one such layer adds to the largest output.

    Args:
        image: (height, width) in [0, 1].

    Returns:
        The output; what each map adds to it, (maps,); and the maps, (maps, height, width).
    """
    acts = network.activations(model, weights, np.asarray(image)[None])
    kernels = [name for name in weights if name.startswith("dense") and name.endswith(".kernel")]
    assert len(kernels) == 1, "of more dense layers none can say this alone"
    output = int(acts["logits"][0].argmax())
    found = acts[f"pool{len(model.channels)}"][0]  # (maps, height, width)
    products = found * weights[kernels[0]][:, output].reshape(found.shape)
    return output, products.sum(axis=(1, 2)), found
