"""What a pulse CNN answers to: outputs and kernels along one parameter of a pulse, and the patches that kernels like."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.data.pulses import render
from core.models.activations import ANSWERS
from core.models.network import activations
from core.specs import ModelSpec, PulseSpec

POINTS = 61  # along a parameter


def sweep_images(
    spec: PulseSpec,
    kind: str,
    parameter: str,
    fixed: Mapping[str, float],
    span: tuple[float, float] | None = None,
    points: int = POINTS,
) -> tuple[NDArray, NDArray[np.uint8]]:
    """Values of one parameter over a span or else its range, (points,), and the pulse at each, (points, h, w); the rest as given."""
    low, high = span or getattr(spec, parameter)
    values = np.linspace(low, high, points)
    frame = pd.DataFrame({**{name: np.full(points, value) for name, value in fixed.items()}, parameter: values})
    labels = np.full(points, spec.classes.index(kind), np.uint8)
    return values, render(spec, labels, frame)


def sweep(
    model: ModelSpec,
    weights: Mapping[str, NDArray],
    spec: PulseSpec,
    kind: str,
    parameter: str,
    fixed: Mapping[str, float],
    span: tuple[float, float] | None = None,
    points: int = POINTS,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Outputs (value, class, output) and each kernel's strongest response (value, kernel, response) along a parameter."""
    values, images = sweep_images(spec, kind, parameter, fixed, span, points)
    found = activations(model, weights, images, np.float32)
    outputs = pd.DataFrame(found[ANSWERS[model.output]], columns=list(spec.classes)).assign(value=values)
    strongest = found["relu1"].max((2, 3))  # (points, kernels)
    kernels = pd.DataFrame(strongest, columns=[str(i + 1) for i in range(strongest.shape[1])]).assign(value=values)
    return (
        outputs.melt("value", var_name="class", value_name="output"),
        kernels.melt("value", var_name="kernel", value_name="response"),
    )


def liked(model: ModelSpec, weights: Mapping[str, NDArray], images: NDArray[Any], count: int) -> pd.DataFrame:
    """The patches of these images that each first kernel answers to most, at most one an image.

    Returns:
        kernel (from 1), rank (from 1), image, row, column (the patch's upper left pixel) and response before the ReLU.
    """
    maps = activations(model, weights, images, np.float32)["conv1"]  # (n, kernels, rows, columns)
    flat = maps.reshape(*maps.shape[:2], -1)
    places, best = flat.argmax(2), flat.max(2)  # (n, kernels)
    rows = []
    for kernel in range(maps.shape[1]):
        order = np.argsort(-best[:, kernel], kind="stable")[:count]
        for rank, image in enumerate(order, start=1):
            row, column = divmod(int(places[image, kernel]), maps.shape[3])
            rows.append((kernel + 1, rank, int(image), row, column, float(best[image, kernel])))
    return pd.DataFrame(rows, columns=["kernel", "rank", "image", "row", "column", "response"])
