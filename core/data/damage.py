"""What can be done to an image to break the network that reads it: one table, each entry a function of many images at once.

Lengths are in pixels of an image of 28 and go with the side of others. Images are float32 in [0, 1], ink 1.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.data.catalog import get
from core.data.drawing import box_in, prepare_drawing

SIDE = get("mnist").shape[0]  # that the lengths of the table are for
SEED = 13  # of the noise, so that it is the same whenever it is looked at
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NOTHINGS = ("blank paper", "all ink", "grey", "grey noise", "stripes", "checks", "a frame", "one dot")
LARGE = 84  # pixels in which letters are drawn before they become an image

Change = Callable[[np.ndarray, float], np.ndarray]  # images (N, height, width), amount -> the same shape


@dataclass(frozen=True)
class Damage:
    """One way to change images whose right answers stay as they are."""

    title: str  # of the choice
    words: str  # what has been done, with the amount
    unit: str  # of the amount
    amounts: tuple[float, ...]  # that are measured, rising
    neutral: float  # the amount that changes nothing, one of them
    start: float  # the amount to open on, one of them
    change: Change
    length: str = ""  # of the amount: "pixels", which are whole, "fraction" of pixels, or none

    def at(self, side: int) -> tuple[float, ...]:
        """The amounts for images of so many pixels a side."""
        return tuple(sorted({self.scaled(amount, side) for amount in self.amounts}))

    def scaled(self, amount: float, side: int) -> float:
        """An amount of the table for images of so many pixels a side."""
        if not self.length:
            return amount
        own = amount * side / SIDE
        return float(round(own)) if self.length == "pixels" else round(own, 2)

    def says(self, amount: float) -> str:
        """What has been done, in words."""
        return "as it is" if amount == self.neutral else self.words.format(self.short(amount))

    def short(self, amount: float) -> str:
        """The amount with its unit."""
        text = f"{amount:.0%}" if self.unit == "%" else f"{amount:g}{self.unit}"
        return text.replace("-", "\u2212")


def shifted(images: np.ndarray, pixels: float) -> np.ndarray:
    """Moved to the right, to the left below 0; what leaves the frame is lost."""
    return resampled(images, np.eye(2), (0, pixels))


def turned(images: np.ndarray, degrees: float) -> np.ndarray:
    """Turned about the middle, against the clock."""
    angle = math.radians(degrees)
    return resampled(images, np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]))


def scaled(images: np.ndarray, factor: float) -> np.ndarray:
    """Made larger or smaller about the middle; averaged where it shrinks, as a camera would."""
    from scipy.ndimage import gaussian_filter

    wide = max(0.0, (1 / factor - 1) / 2)  # pixels, as image libraries soften before they leave pixels out
    return resampled(gaussian_filter(images, (0, wide, wide)) if wide else images, np.eye(2) * factor)


def resampled(images: np.ndarray, matrix: np.ndarray, move: tuple[float, float] = (0, 0)) -> np.ndarray:
    """Images (N, h, w) under a linear map (rows, columns) about their middle and a move, by linear interpolation, paper outside."""
    from scipy.ndimage import affine_transform  # slow to import

    middle = (np.array(images.shape[1:]) - 1) / 2
    back = np.linalg.inv(matrix)  # from a pixel of the new image to its place in the old one
    start = middle - back @ (middle + move)
    out = np.empty_like(images, np.float32)
    for old, new in zip(images, out, strict=True):
        affine_transform(old, back, start, output=new, order=1, mode="constant")
    return out


def thickened(images: np.ndarray, pixels: float) -> np.ndarray:
    """The ink grown by so many pixels on every side, or thinned below 0: the darkest, or palest, within a disk."""
    from scipy.ndimage import grey_dilation, grey_erosion

    reach = int(abs(pixels))
    if not reach:
        return images
    row, column = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    disk = (row * row + column * column <= reach * reach)[None]  # (1, 2 reach + 1, 2 reach + 1)
    return (grey_dilation if pixels > 0 else grey_erosion)(images, footprint=disk, mode="constant")


def noisy(images: np.ndarray, spread: float) -> np.ndarray:
    """Normal noise of this standard deviation on every pixel, cut to [0, 1]."""
    noise = np.random.default_rng(SEED).standard_normal(images.shape, np.float32)
    return np.clip(images + np.float32(spread) * noise, 0, 1)


def blurred(images: np.ndarray, spread: float) -> np.ndarray:
    """Blurred by a bell of this standard deviation in pixels."""
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(images, (0, spread, spread), mode="constant") if spread else images


def covered(images: np.ndarray, side: float) -> np.ndarray:
    """A square of paper of this side in the middle."""
    out = images.copy()
    size = int(side)
    top, left = ((whole - size) // 2 for whole in images.shape[1:])
    out[:, top : top + size, left : left + size] = 0
    return out


DAMAGES: dict[str, Damage] = {  # name in links -> what it is
    "turn": Damage("Turn", "turned by {}", "°", tuple(range(-90, 91, 15)), 0, 30, turned),
    "shift": Damage("Shift", "moved {} to the right", " px", tuple(range(-10, 11, 2)), 0, 4, shifted, "pixels"),
    "scale": Damage("Scale", "{} of its size", "%", (0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 2.0), 1.0, 0.5, scaled),
    "thicken": Damage("Thicken", "ink thicker by {} on every side", " px", (-2, -1, 0, 1, 2, 3, 4), 0, 2, thickened, "pixels"),
    "noise": Damage("Noise", "noise of {} on every pixel", "", tuple(i / 10 for i in range(11)), 0, 0.5, noisy),
    "blur": Damage("Blur", "blurred by {}", " px", tuple(i / 2 for i in range(9)), 0, 2, blurred, "fraction"),
    "occlude": Damage("Cover", "covered by a square of {}", " px", tuple(range(0, 21, 2)), 0, 10, covered, "pixels"),
}


def two_on_one(images: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Each image at half its size on the left of one frame, another image (h, w) at half its size on the right."""
    left, right = ((0, -images.shape[2] / 4), (0, images.shape[2] / 4))
    from scipy.ndimage import gaussian_filter

    soft = [gaussian_filter(one, (0, 0.5, 0.5)) for one in (images, other[None])]
    return np.maximum(resampled(soft[0], np.eye(2) / 2, left), resampled(soft[1], np.eye(2) / 2, right))


def letter(name: str, side: int = SIDE) -> np.ndarray:
    """A printed letter in the form of a digit, (side, side) float32: scaled to the box that digits have, centred by mass."""
    from PIL import Image, ImageDraw, ImageFont

    sheet = Image.new("L", (LARGE, LARGE))
    pen = ImageDraw.Draw(sheet)
    pen.text((LARGE / 2, LARGE / 2), name, fill=255, font=ImageFont.load_default(0.7 * LARGE), anchor="mm", stroke_width=1)
    return prepare_drawing(np.asarray(sheet, np.float32) / 255, side=side).centred


def nothing(name: str, side: int = SIDE) -> np.ndarray:
    """An image without any digit, (side, side) float32: one of NOTHINGS."""
    row, column = np.mgrid[:side, :side]
    edge = np.minimum(np.minimum(row, column), side - 1 - np.maximum(row, column))  # pixels to the nearest side
    step, margin = max(2, side // 7), (side - box_in(side)) // 2
    middle = (side - 1) / 2
    found = {
        "blank paper": np.zeros((side, side)),
        "all ink": np.ones((side, side)),
        "grey": np.full((side, side), 0.5),
        "grey noise": np.random.default_rng(SEED).random((side, side)),
        "stripes": column // (step // 2) % 2,
        "checks": (row // step + column // step) % 2,
        "a frame": (edge >= margin) & (edge < margin + max(1, side // 14)),
        "one dot": np.hypot(row - middle, column - middle) <= max(1, side / 14),
    }
    return found[name].astype(np.float32)
