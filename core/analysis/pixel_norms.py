"""How strongly the first layer listens to each pixel: the answer to "a corner pixel or a centre pixel?"."""

from dataclasses import dataclass

import numpy as np

from core.analysis.dense import norms

CENTRE = 14  # side in pixels of the middle square that counts as the centre
CORNER = 4  # side in pixels of each of the four squares that count as corners; everything else is the edge


@dataclass(frozen=True)
class PixelNorms:
    """Row norms of the first layer laid out as the image, and who wins."""

    image: np.ndarray  # (side, side) float64
    largest: tuple[int, int]  # row and column of the pixel with the largest norm
    place: str  # "centre", "corner" or "edge": where the largest lies
    answer: str  # "centre" or "corner": which of these two holds the larger norm
    centre: float  # largest norm in the centre square
    corner: float  # largest norm in a corner square
    centre_mean: float
    corner_mean: float


def pixel_norms(kernel: np.ndarray) -> PixelNorms:
    """The norms of the pixels' rows in the first layer's kernel (pixels, outputs), for square images.

    Raises:
        ValueError: the number of pixels is no square.
    """
    side = round(len(kernel) ** 0.5)
    if side * side != len(kernel):
        raise ValueError(f"{len(kernel)} inputs are no square image.")
    image = norms(kernel)[0].reshape(side, side)  # (side, side)
    centre, corner = regions(side)
    row, column = divmod(int(image.argmax()), side)
    place = "centre" if centre[row, column] else "corner" if corner[row, column] else "edge"
    return PixelNorms(
        image=image,
        largest=(row, column),
        place=place,
        answer="centre" if image[centre].max() > image[corner].max() else "corner",
        centre=float(image[centre].max()),
        corner=float(image[corner].max()),
        centre_mean=float(image[centre].mean()),
        corner_mean=float(image[corner].mean()),
    )


def regions(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Masks (side, side) of the centre square and of the four corner squares, in shares of the 28 pixels of MNIST."""
    place = np.arange(side)
    inner = np.abs(place - (side - 1) / 2) < CENTRE / 28 * side / 2
    outer = np.minimum(place, side - 1 - place) < round(CORNER / 28 * side)
    return np.outer(inner, inner), np.outer(outer, outer)


def untouched(first: np.ndarray, now: np.ndarray) -> np.ndarray:
    """Which rows (inputs,) of a kernel (inputs, outputs) still hold exactly their first values.

    A pixel that is never inked has no gradient, so Adam leaves its row where it began.
    """
    return (first == now).all(axis=1)
