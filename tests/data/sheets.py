"""Photographs of handwriting, made up: digits on paper under uneven light, with a shadow's edge, squared paper, a frame, a table around."""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage


@dataclass(frozen=True)
class Photo:
    """A photograph and what is on it, in the order of reading."""

    brightness: np.ndarray  # (H, W) float32 in [0, 1]
    labels: np.ndarray  # (N,)
    boxes: list[tuple[int, int, int, int]]  # top, left, height, width of each digit's ink


def pen(image: np.ndarray, height: int) -> np.ndarray:
    """A digit (h, w), ink 255, as ink 0 to 1 of so many pixels' height, its margin cut off."""
    rows, columns = np.flatnonzero(image.max(1) > 60), np.flatnonzero(image.max(0) > 60)
    ink = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32) / 255
    width = max(3, round(height * ink.shape[1] / ink.shape[0]))
    large = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BICUBIC))
    return np.clip((large - 0.25) / 0.4, 0, 1)


def photo(images: np.ndarray, labels: np.ndarray, kind: str, seed: int = 0, columns: int = 5) -> Photo:
    """Digits in lines on a sheet.

    Args:
        kind: "plain", "uneven", "shadow", "squared", "ruled", "frame", "table", "chalk", "pencil", "tilted" or several with dashes.
    """
    random = np.random.default_rng(seed)
    cell = 110
    rows = -(-len(images) // columns)
    height, width = rows * cell + 120, columns * cell + 120
    ink = np.zeros((height, width), np.float32)
    boxes = []
    for i, image in enumerate(images):
        digit = pen(image, int(random.integers(52, 76)))
        digit = digit[:, :96]
        top = 60 + i // columns * cell + int(random.integers(5, cell - digit.shape[0] - 5))
        left = 60 + i % columns * cell + int(random.integers(5, max(6, cell - digit.shape[1] - 5)))
        ink[top : top + digit.shape[0], left : left + digit.shape[1]] = np.maximum(
            ink[top : top + digit.shape[0], left : left + digit.shape[1]], digit
        )
        boxes.append((top, left, *digit.shape))
    lines = np.zeros_like(ink)
    if "squared" in kind or "ruled" in kind:
        lines[20::37] = 1
        lines[21::37] = 1
        if "squared" in kind:
            lines[:, 20::37] = 1
            lines[:, 21::37] = 1
    if "frame" in kind:
        lines[30:34, 30:-30] = lines[-34:-30, 30:-30] = 2.5
        lines[30:-30, 30:34] = lines[30:-30, -34:-30] = 2.5
    darkness = np.maximum((0.35 if "pencil" in kind else 0.8) * ink, 0.22 * np.minimum(lines, 3))
    if "tilted" in kind:
        darkness = ndimage.rotate(darkness, 2.0, reshape=False, order=1)
        boxes = []
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    light = np.full_like(ink, 0.88)
    if "uneven" in kind:
        light *= 0.45 + 0.55 * np.exp(-(((x - 0.2 * width) / width) ** 2 + ((y - 0.3 * height) / height) ** 2) * 1.5)
    if "shadow" in kind:
        light *= np.where(x + 0.4 * y > 0.6 * width, 0.5, 1.0)
    picture = light * (1 - darkness)
    if "chalk" in kind:
        picture = 0.15 + 0.7 * darkness
    if "table" in kind:
        pad = 70
        around = 0.18 + 0.03 * random.standard_normal((height + 2 * pad, width + 2 * pad))
        around[pad:-pad, pad:-pad] = picture
        picture = around
        boxes = [(top + pad, left + pad, h, w) for top, left, h, w in boxes]
    picture = ndimage.gaussian_filter(picture, 0.8) + 0.012 * random.standard_normal(picture.shape)
    return Photo(np.clip(picture, 0, 1).astype(np.float32), np.asarray(labels), boxes)


KINDS = (
    "plain",
    "uneven",
    "shadow",
    "squared",
    "ruled",
    "frame",
    "table",
    "chalk",
    "pencil",
    "tilted",
    "pencil-squared",
    "pencil-ruled",
    "uneven-shadow-squared",
    "tilted-squared-frame",
)
