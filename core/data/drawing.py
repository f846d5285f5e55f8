"""A drawing made like an MNIST digit: its box scaled to 20x20, then centred by its centre of mass in 28x28.

So MNIST itself was made from NIST's scans (LeCun, Cortes, Burges: "normalized to fit in a 20x20 pixel box while preserving their
aspect ratio", then "centered in a 28x28 image by computing the center of mass"). In the published files the longer side of the box
is 20 pixels and the centre of mass lies in [13.5, 14.5) on both axes, counted from pixel 0; so it is here.
"""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from core.data.catalog import get

SIDE = get("mnist").shape[0]  # pixels of the finished image
BOX = 20  # pixels of the longer side after scaling
BLOT = 0.6  # share of its box that a dot fills
SMALL = 0.3  # of the square's side: a larger blot may be a digit after all, as some in MNIST are
TAP = 0.175  # likewise: what a tap of a pen leaves is smaller, and what is written with the usual one larger
ROUND = 0.95  # a tap of a broad pen is as round as this; of small digits with their holes and notches filled none is
FULL = 0.6  # share of the whole image that is ink when nothing can be told


class UnusableDrawing(ValueError):
    """A drawing without a digit in it; the message is a sentence that says what to do."""


@dataclass(frozen=True)
class Prepared:
    """A drawing on its way into a network; all images float32 in [0, 1], ink 1."""

    drawn: np.ndarray  # (N, N), as it came
    boxed: np.ndarray  # (20, 20) of (28, 28), the ink's box scaled, aspect kept, at the middle of the square
    centred: np.ndarray  # (side, side), what a network sees
    box: tuple[int, int, int, int]  # top, left, height, width of the ink in `drawn`, pixels
    shift: tuple[float, float]  # how far the ink's centre of mass is from the middle of `centred`, rows and columns, pixels

    def of(self, shape: tuple[int, ...]) -> np.ndarray:
        """The drawing as images of a shape (height, width) hold digits, float32 in [0, 1].

        Those of MNIST's size have it centred by mass; in others, as in the UCI digits of 8x8, it fills the height or the width.
        """
        if shape == self.centred.shape:
            return self.centred
        height, width = shape
        side = min(height, width)
        out = np.zeros((height, width), np.float32)
        top, left = (height - side) // 2, (width - side) // 2
        small = Image.fromarray(self.boxed).resize((side, side), Image.Resampling.BOX)
        out[top : top + side, left : left + side] = np.asarray(small).clip(0, 1)
        return out


def prepare_drawing(image: np.ndarray, *, centre: bool = True, side: int = SIDE) -> Prepared:
    """Make a grey drawing (N, N), ink 1, into an image like MNIST's.

    Args:
        centre: centre by mass, as MNIST does; without it the scaled box stays in the part of the square where it was drawn.
        side: pixels of the image, of which the box takes the same share at every size.

    Raises:
        UnusableDrawing: it is empty, one dot or nearly all ink.
    """
    image = np.asarray(image, dtype=np.float32)
    if image.ndim != 2 or image.shape[0] != image.shape[1] or not np.isfinite(image).all():
        raise ValueError(f"a drawing is a square of finite numbers, not {image.shape}")
    box = ink_box(image)
    _check(image, box)
    top, left, height, width = box
    longer = box_in(side)
    scaled = _scale(image[top : top + height, left : left + width], longer)  # (h, w), the longer of them 20 of 28
    h, w = scaled.shape
    boxed = np.zeros((longer, longer), np.float32)
    row, column = (longer - h) // 2, (longer - w) // 2
    boxed[row : row + h, column : column + w] = scaled
    at = _place(scaled, side) if centre else (_keep(top, height, len(image), h, side), _keep(left, width, len(image), w, side))
    centred = np.zeros((side, side), np.float32)
    centred[at[0] : at[0] + h, at[1] : at[1] + w] = scaled
    y, x = centre_of_mass(centred)
    return Prepared(image, boxed, centred, box, (y - side / 2, x - side / 2))


def box_in(side: int) -> int:
    """Pixels of the box that a digit fills in an image of so many pixels a side: MNIST's 20 of 28."""
    return round(side * BOX / SIDE)


def resized_digits(images: np.ndarray, side: int = SIDE) -> np.ndarray:
    """Digits of another size brought to the form of MNIST's: scaled to 20 of 28 pixels of the side, centred by mass.

    (N, h, w) uint8, ink 255 -> (N, side, side) uint8; those that have this size stay as they are, and those of MNIST's own
    form, 28x28 with a margin, are scaled as a whole.
    """
    if images.shape[1:] == (side, side):
        return images
    box = side if images.shape[1:] == (SIDE, SIDE) else box_in(side)
    out = np.zeros((len(images), side, side), np.uint8)
    for large, small in zip(out, images, strict=True):
        ink = np.asarray(Image.fromarray(np.float32(small)).resize((box, box), Image.Resampling.BICUBIC)).clip(0, 255)  # (box, box)
        if ink.any():
            row, column = _place(ink, side)
            large[row : row + box, column : column + box] = np.rint(ink)
    return out


def ink_box(image: np.ndarray) -> tuple[int, int, int, int]:
    """Top, left, height and width of all that is not paper; zeros where nothing is."""
    rows, columns = np.flatnonzero(image.max(1) > 0), np.flatnonzero(image.max(0) > 0)
    if not len(rows):
        return 0, 0, 0, 0
    return int(rows[0]), int(columns[0]), int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)


def centre_of_mass(image: np.ndarray) -> tuple[float, float]:
    """Row and column of the ink's centre of mass, in pixel indices.

    Raises:
        ZeroDivisionError: there is no ink.
    """
    mass = float(image.sum(dtype=np.float64))
    rows = float(image.sum(1, dtype=np.float64) @ np.arange(image.shape[0])) / mass
    return rows, float(image.sum(0, dtype=np.float64) @ np.arange(image.shape[1])) / mass


def _check(image: np.ndarray, box: tuple[int, int, int, int]) -> None:
    _, _, height, width = box
    if not height:
        raise UnusableDrawing("Nothing is drawn yet: draw one digit from 0 to 9, as large as the square allows.")
    if image.mean() > FULL:
        raise UnusableDrawing("The square is nearly all ink, so no digit can be seen: clear it and draw with a thinner pen.")
    solid = image > 0.5 * image.max()  # without the pale edge of the ink
    top, left, height, width = ink_box(solid)
    shape = solid[top : top + height, left : left + width]
    if (
        shape.mean() > BLOT
        and max(height, width) < min(1.6 * min(height, width), SMALL * len(image))
        and (max(height, width) <= TAP * len(image) or _roundness(shape) > ROUND)
    ):
        raise UnusableDrawing("This is one dot, not a digit: draw larger, with a line or two.")


def _roundness(shape: np.ndarray) -> float:
    """What a shape (h, w) and the ellipse in its box have in common, as a share of both together."""
    y, x = (np.linspace(1 / side - 1, 1 - 1 / side, side) for side in shape.shape)
    ellipse = y[:, None] ** 2 + x**2 <= 1
    return float((shape & ellipse).sum() / (shape | ellipse).sum())


def _scale(ink: np.ndarray, longer: int) -> np.ndarray:
    """The ink (h, w) with its longer side at so many pixels, averaged when it shrinks; its darkest pixel stays full ink."""
    factor = longer / max(ink.shape)
    h, w = (max(1, round(side * factor)) for side in ink.shape)
    if (h, w) == ink.shape:
        return ink
    small = np.asarray(Image.fromarray(ink).resize((w, h), Image.Resampling.BILINEAR))
    return np.clip(small * (float(ink.max()) / max(float(small.max()), 1e-6)), 0, 1)


def _place(scaled: np.ndarray, side: int) -> tuple[int, int]:
    """First row and column of the ink in a square of `side` pixels: its centre of mass comes to within half a pixel before the
    square's middle index, side / 2, to half a pixel behind it, or as near as the ink fits."""
    rows, columns = (math.ceil(side / 2 - 0.5 - mean) for mean in centre_of_mass(scaled))
    return min(max(rows, 0), side - scaled.shape[0]), min(max(columns, 0), side - scaled.shape[1])


def _keep(start: int, length: int, whole: int, scaled: int, side: int) -> int:
    """First row (or column) of `side` that leaves the ink as far along its free room as it was drawn."""
    free = whole - length
    return round((start / free if free else 0.5) * (side - scaled))
