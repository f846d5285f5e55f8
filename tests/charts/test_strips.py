"""Many small pictures in one: each button lies over its picture."""

import io

import numpy as np
import pytest
from PIL import Image

from core.charts.strips import HEAD, Pictures, sheet, sheet_png
from core.charts.theme import DARK, LIGHT


@pytest.mark.parametrize("heads", [(), ("a", "b", "c")])
@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_a_button_lies_over_its_picture(heads, colours):
    """One picture is full of ink, the others are paper: inside its cell is only ink, around it only paper."""
    rows = [[(f"{r}{c}", "", Pictures(np.full((1, 5, 5), float((r, c) == (1, 2))), "ink", 1)) for c in range(3)] for r in range(2)]
    shown = sheet(rows, colours, side=32, heads=heads)
    cell = next(cell for cell in shown.cells if cell.id == "12")
    pixels = np.asarray(Image.open(io.BytesIO(sheet_png(rows, colours, side=32, heads=heads))))
    assert pixels.shape == (shown.height, shown.width, 3)
    inside = (slice(cell.top, cell.top + cell.height), slice(cell.left, cell.left + cell.width))
    assert (pixels[inside] == colours.ink_palette[254]).all()
    below = pixels[HEAD if heads else 0 :]
    assert (below == colours.ink_palette[254]).all(-1).sum() == cell.height * cell.width


def test_heads_stand_over_their_columns():
    rows = [[("", "", Pictures(np.zeros((1, 4, 4)), "ink", 1)) for _ in range(2)]]
    pixels = np.asarray(Image.open(io.BytesIO(sheet_png(rows, LIGHT, side=40, heads=("", "7")))))
    written = np.flatnonzero((pixels != 255).any((0, 2)))
    assert written.min() > 46 and written.max() < 86 and abs((written.min() + written.max()) / 2 - 66) <= 2
