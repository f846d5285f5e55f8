"""Pictures and charts of the templates page: what stands in their data and pixels."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.charts import confusion, raster, templates
from core.charts.theme import theme
from tests.charts.checked import checked, parameters

RNG = np.random.default_rng(0)
DIGITS = RNG.normal(size=(10, 28, 28)).astype(np.float32)
PICTURES = RNG.normal(size=(10, 32, 32, 3)).astype(np.float32)
NAMES = tuple("0123456789")
MODES = pytest.mark.parametrize("dark", [False, True])


@MODES
def test_zero_weights_have_the_colour_of_the_paper(dark: bool) -> None:
    colours = theme(dark)
    paper = [int(colours.paper[i : i + 2], 16) for i in (1, 3, 5)]
    assert (templates.pixels(np.zeros((4, 4)), 1.0, colours) == paper).all()
    assert (templates.image_pixels(np.zeros((4, 4)), colours) == paper).all()


def test_three_channels_become_one_colour_about_mid_grey() -> None:
    pixels = templates.pixels(np.array([[[0.0, 1.0, -1.0], [0.5, 9.0, -9.0]]]), 1.0, theme(False))
    assert pixels[0, 0, 1:].tolist() == [255, 0] and pixels[0, 0, 0] in (127, 128)
    assert pixels[0, 1].tolist() == [191, 255, 0]


@pytest.mark.parametrize("stack, side", [(DIGITS, 28), (PICTURES, 32)], ids=["digits", "pictures"])
def test_a_sheet_holds_every_template_where_it_belongs(stack: np.ndarray, side: int) -> None:
    sheet = templates.sheet(stack, 2.0, theme(False))
    assert sheet.shape == (2 * (side + 1) + 1, 5 * (side + 1) + 1, 3)
    for unit in (0, 4, 7):
        top, left = 1 + unit // 5 * (side + 1), 1 + unit % 5 * (side + 1)
        np.testing.assert_array_equal(sheet[top : top + side, left : left + side], templates.pixels(stack[unit], 2.0, theme(False)))


@MODES
def test_the_film_holds_every_state_without_loss(dark: bool) -> None:
    states = np.stack([DIGITS * s for s in (0, 0.5, 1)])
    film = Image.open(io.BytesIO(templates.film(states, ["0", "1", "30"], 2.0, theme(dark), scale=2)))
    assert film.n_frames == 3 and film.info["loop"] == 0
    for index in range(3):
        film.seek(index)
        sheet = templates.sheet(states[index], 2.0, theme(dark))
        frame = np.asarray(film.convert("RGB"))
        np.testing.assert_array_equal(frame[: -templates.CAPTION], sheet.repeat(2, 0).repeat(2, 1))
        assert (frame[-templates.CAPTION :] != frame[-1, -1]).any()  # something is written there


def table(difference: bool = False) -> pd.DataFrame:
    film = RNG.integers(0, 50, (4, 10, 10))
    if difference:
        film = film - RNG.integers(0, 50, (4, 10, 10))
    margin = RNG.random((4, 10))
    margin[2, 3] = np.nan
    return confusion.table(film, film[0].sum(1), margin, margin, NAMES)


def test_the_table_has_one_column_a_state_and_one_row_a_cell_or_margin() -> None:
    film = np.arange(400).reshape(4, 10, 10)
    recall = np.full((4, 10), np.nan)
    frame = confusion.table(film, film[0].sum(1), recall, recall + 1, NAMES)
    assert len(frame) == 120 and {"s0", "s1", "s2", "s3"} < set(frame.columns)
    cell = frame[(frame.kind == "cell") & (frame.row == "4") & (frame.column == "9")].iloc[0]
    assert [cell[f"s{i}"] for i in range(4)] == [film[i, 4, 9] for i in range(4)]
    assert cell.total == film[0, 4].sum()
    assert frame[frame.column == confusion.RECALL].s0.isna().all()


@MODES
@pytest.mark.parametrize("difference", [False, True])
@pytest.mark.parametrize("shares", [False, True])
def test_the_matrix_is_a_valid_chart_that_follows_the_epoch(dark: bool, difference: bool, shares: bool) -> None:
    spec = checked(confusion.matrix(table(difference), NAMES, theme(dark), shares=shares, difference=difference))
    found = parameters(spec)
    assert found["epoch"]["bind"]["max"] == 3 and found["epoch"]["value"] == 3
    assert {"picked", "cell"} <= set(found)
    assert spec["width"] == "container"


@MODES
def test_every_other_chart_is_valid(dark: bool) -> None:
    colours = theme(dark)
    url = raster.rgb_url(templates.pixels(DIGITS[0], 1.0, colours))
    cells = pd.DataFrame([{"row": r, "column": c, "url": url if r != c else None, "confidence": 0.5} for r in NAMES for c in NAMES])
    charts = [
        confusion.pictures(cells, NAMES, 28, colours),
        confusion.story([("one", np.array([0, 0.5, 1.0]), np.array([3, 2, 1]))], 0.5, colours),
        confusion.story([("one", np.array([0.0, 1.0]), np.array([3, 2])), ("two", np.array([0.0, 1.0]), np.array([0, 1]))], 1.0, colours),
    ]
    for chart in charts:
        assert checked(chart)["$schema"]


@pytest.mark.parametrize("classes", [2, 3, 10, 100])
def test_a_matrix_of_any_number_of_classes_has_a_fitting_height(classes: int) -> None:
    names = [f"class {n}" for n in range(classes)]
    counts = np.eye(classes, dtype=int)[None]
    frame = confusion.table(counts, counts[0].sum(1), np.ones((1, classes)), np.ones((1, classes)), names)
    spec = checked(confusion.matrix(frame, names, theme(False)))
    assert confusion.LEAST <= spec["height"] <= confusion.MOST
    assert ("text" in {layer["mark"]["type"] for layer in spec["layer"]}) == (classes <= confusion.NUMBERED)
