"""Pictures of pulses in the gallery: whole pixels, no line lost."""

import io

import numpy as np
import pytest
from PIL import Image

from core.charts.theme import DARK, LIGHT, Theme
from core.data import pulses
from core.data.pictures import fitted
from core.specs import PulseSpec
from core.ui import pulse_set


@pytest.mark.parametrize("size", [28, 50, 64, 100, 101, 200, 333, 500])
def test_tiles(size: int) -> None:
    """Small pictures are enlarged by a whole number, large ones pooled so that a line of one pixel stays whole."""
    image = pulses.draw(PulseSpec(size=size, line=1), 3, 0).images[2]
    pixels, factor = fitted(image, pulse_set.TILE)
    assert pulse_set.tile_side(size) == pixels.shape[0] * factor <= 100
    assert pixels.shape[0] * factor > 50
    assert pixels.any(axis=0).all()
    if size <= 100:
        assert np.array_equal(pixels, image)
    else:
        step = -(-size // 100)
        for row, column in zip(*np.nonzero(image), strict=True):
            assert pixels[row // step, column // step] == 1


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_picture_is_the_pulse_in_a_frame(colours: Theme) -> None:
    image = pulses.draw(PulseSpec(), 1, 0).images[0]
    shown = np.asarray(Image.open(io.BytesIO(pulse_set.picture(image, colours, 250))))
    assert shown.shape == (202, 202, 3)
    ink = (shown[1:-1, 1:-1] == colours.ink_palette[254]).all(axis=2)
    assert np.array_equal(ink, image.repeat(2, axis=0).repeat(2, axis=1).astype(bool))


def test_source_draws_what_it_is_asked() -> None:
    spec = PulseSpec(pixel_noise=0.01)
    source = pulse_set.drawn(spec, 60, 4)
    assert np.array_equal(source.images(np.array([5, 2])), source.whole().images[[5, 2]])
    assert source.fits_download and not pulse_set.drawn(PulseSpec(size=500), 10_000, 0).fits_download
