"""The set of pulses on the page: drawn by its spec, or opened from a file; its images are drawn when they are looked at."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.charts import raster
from core.charts.theme import Theme
from core.data import pulse_files, pulses
from core.data.pictures import fitted
from core.data.pulse_files import BadPulseFile
from core.data.pulse_zip import PulseSet, read_zip
from core.data.pulses import Pulses
from core.serving.shared import shared
from core.specs import PulseSpec

MOST_PIXELS = pulse_files.MOST_PIXELS  # of a set that is downloaded
TILE = 100  # px, about, of a picture in the gallery


@dataclass(frozen=True)
class Source:
    """A set: images by row, and everything about them."""

    spec: PulseSpec
    frame: pd.DataFrame  # kind and parameters, one row an image
    seed: int
    opened: PulseSet | None  # from a file

    def images(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """(len(rows), H, W) uint8."""
        if self.opened is not None:
            return self.opened.images(rows)
        return pulses.draw_some(self.spec, len(self.frame), self.seed, rows)

    def whole(self) -> Pulses:
        """All of it."""
        return self.opened.pulses if self.opened is not None else pulses.draw(self.spec, len(self.frame), self.seed)

    @property
    def fits_download(self) -> bool:
        """Whether all images together are of a size that one server can pack for everybody."""
        return len(self.frame) * self.spec.size**2 <= MOST_PIXELS


@shared()
def _plan(spec: PulseSpec, count: int, seed: int) -> pd.DataFrame:
    return pulses.plan(spec, count, seed)[1]


def drawn(spec: PulseSpec, count: int, seed: int) -> Source:
    """The set of a spec."""
    return Source(spec, _plan(spec, count, seed), seed, None)


def opened(data: bytes) -> Source:
    """The set of a ZIP file.

    Raises:
        core.data.pulse_files.BadPulseFile: with a sentence for the page.
    """
    found = read_zip(data)
    return Source(found.spec, found.parameters, 0, found)


def tile_url(image: NDArray[np.uint8], theme: Theme) -> str:
    """The data address of a picture for the gallery."""
    pixels, _ = fitted(image, TILE)
    return raster.png_url(pixels * np.uint8(254), theme.ink_palette)


def picture(image: NDArray[np.uint8], theme: Theme, about: int) -> bytes:
    """A PNG of a pulse in a frame, enlarged by a whole number to at most `about` px, never reduced."""
    return _picture(image, theme, image.shape, image.dtype.str, image.tobytes(), about, theme.dark)


@shared()
def _picture(_image: NDArray[np.uint8], _theme: Theme, shape: tuple[int, ...], kind: str, pixels: bytes, about: int, dark: bool) -> bytes:
    image, theme = _image, _theme
    colours = theme.ink_palette[image * np.uint8(254)]  # (H, W, 3)
    scale = max(1, about // image.shape[0])
    large = colours.repeat(scale, axis=0).repeat(scale, axis=1)
    frame = [int(theme.grid[i : i + 2], 16) for i in (1, 3, 5)]
    return raster.rgb_png(np.stack([np.pad(large[..., c], 1, constant_values=frame[c]) for c in range(3)], axis=-1))


def tile_side(size: int) -> int:
    """Side in px of a picture of this size in the gallery."""
    pixels, factor = fitted(np.zeros((size, size), np.uint8), TILE)
    return pixels.shape[0] * factor


__all__ = ["BadPulseFile", "Source", "drawn", "opened", "picture", "tile_side", "tile_url"]
