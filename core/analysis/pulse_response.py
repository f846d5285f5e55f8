"""What a pulse CNN answers to: outputs and kernels along one parameter of a pulse, and the patches that kernels like."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.data.pulses import render
from core.models.activations import ANSWERS
from core.models.network import activations
from core.specs import ModelSpec, PulseSpec

POINTS = 61  # along a parameter
LIKED = ["kernel", "rank", "image", "row", "column", "response"]
VALUES = 8_000_000  # of the maps that are held at a time


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
    found = [(part[ANSWERS[model.output]], part["relu1"].max((2, 3))) for part in _parts(model, weights, images)]
    says, strongest = (np.concatenate(each) for each in zip(*found, strict=True))  # (points, classes), (points, kernels)
    outputs = pd.DataFrame(says, columns=list(spec.classes)).assign(value=values)
    kernels = pd.DataFrame(strongest, columns=[str(i + 1) for i in range(strongest.shape[1])]).assign(value=values)
    return (
        outputs.melt("value", var_name="class", value_name="output"),
        kernels.melt("value", var_name="kernel", value_name="response"),
    )


def called(outputs: pd.DataFrame, kind: str, trained: tuple[float, float] | None) -> tuple[tuple[int, int], tuple[int, int]]:
    """Of the pulses along a `sweep`, how many the largest output calls by their kind, and how many there are.

    Args:
        outputs: value, class, output.
        trained: the range of values that the network was trained with; None where it is all.

    Returns:
        (right, all) inside of that range and beyond it.
    """
    wins = outputs.loc[outputs.groupby("value")["output"].idxmax(), ["value", "class"]]
    right = (wins["class"] == kind).to_numpy()
    inside = wins["value"].between(*trained).to_numpy() if trained else np.ones(len(wins), bool)
    return (int(right[inside].sum()), int(inside.sum())), (int(right[~inside].sum()), int((~inside).sum()))


def liked(model: ModelSpec, weights: Mapping[str, NDArray], images: NDArray[Any], count: int) -> pd.DataFrame:
    """The patches of these images that each first kernel answers to most, at most one an image.

    Returns:
        kernel (from 1), rank (from 1), image, row, column (the patch's upper left pixel) and response before the ReLU.
    """
    found = []
    for part in _parts(model, weights, images):
        flat = part["conv1"].reshape(*part["conv1"].shape[:2], -1)  # (n, kernels, places)
        found.append((flat.argmax(2), flat.max(2)))
    if not found:
        return pd.DataFrame([], columns=LIKED)
    places, best = (np.concatenate(each) for each in zip(*found, strict=True))  # (images, kernels) each
    across = model.image - model.kernel_size + 1
    rows = []
    for kernel in range(best.shape[1]):
        order = np.argsort(-best[:, kernel], kind="stable")[:count]
        for rank, image in enumerate(order, start=1):
            row, column = divmod(int(places[image, kernel]), across)
            rows.append((kernel + 1, rank, int(image), row, column, float(best[image, kernel])))
    return pd.DataFrame(rows, columns=LIKED)


def _parts(model: ModelSpec, weights: Mapping[str, NDArray], images: NDArray[Any]) -> Iterator[dict[str, NDArray]]:
    """The activations of some images after the other, so that large maps of many images need not be held at once."""
    size = max(1, VALUES // (sum(model.channels) * model.image**2))
    for start in range(0, len(images), size):
        yield activations(model, weights, images[start : start + size], np.float32)
