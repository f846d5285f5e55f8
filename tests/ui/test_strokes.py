"""What a pad sends: read with suspicion, and drawn where the browser drew it."""

import base64

import numpy as np
import pytest

from core.ui.drawing_pad.strokes import MOST_LINK, MOST_POINTS, Drawing, Stroke, read, unpack


def test_reads_what_the_pad_sends():
    drawing = read({"sequence": 3, "strokes": [{"width": 80, "points": [10, 20, 30, 40]}]})
    assert drawing == Drawing((Stroke(80, ((10, 20), (30, 40))),), 3)
    assert drawing and not Drawing(sequence=4)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "strokes",
        {},
        {"sequence": 1},
        {"sequence": "x", "strokes": []},
        {"sequence": 1, "strokes": 7},
        {"sequence": 1, "strokes": [{"width": 80}]},
        {"sequence": 1, "strokes": [{"width": 80, "points": [1, 2, 3]}]},
        {"sequence": 1, "strokes": [{"width": 80, "points": [None, 2]}]},
        {"sequence": 1, "strokes": [{"width": 80, "points": [float("nan"), 2]}]},
        {"sequence": 1, "strokes": [{"width": 80, "points": [1, 2] * (MOST_POINTS + 9)}]},
    ],
)
def test_what_no_pad_sends_is_an_empty_drawing(value):
    assert not read(value)


def test_coordinates_and_widths_are_held_within_the_pad():
    (stroke,) = read({"sequence": 1, "strokes": [{"width": 10**9, "points": [-5, 1e300]}]}).strokes
    assert stroke == Stroke(400, ((0, 1000),))


def link(*packed: int) -> str:
    return base64.urlsafe_b64encode(bytes(packed)).decode().rstrip("=")


def test_a_link_holds_strokes_in_bytes():
    drawing = unpack(link(40, 2, 0, 255, 51, 102, 20, 1, 255, 0))
    assert drawing == Drawing((Stroke(80, ((0, 1000), (200, 400))), Stroke(40, ((1000, 0),)))) and not drawing.example


@pytest.mark.parametrize(
    "text",
    ["", "?", "ä", "AA", link(40), link(40, 2, 1, 1), link(40, 0), link(0, 1, 5, 5), link(255, 1, 5, 5), link(*[40, 1, 5, 5] * MOST_LINK)],
)
def test_what_is_no_drawing_is_refused(text):
    with pytest.raises(ValueError):
        unpack(text)


def test_a_line_lies_where_it_was_drawn():
    """A horizontal line of width 100 through the middle, from 200 to 800: worked out by hand as a rectangle with round ends."""
    grey = Drawing((Stroke(100, ((200, 500), (800, 500))),)).image(100)
    rows, columns = np.nonzero(grey > 0.5)
    assert (rows.min(), rows.max()) == pytest.approx((45, 54), abs=1)
    assert (columns.min(), columns.max()) == pytest.approx((15, 84), abs=1)
    area = 600 * 100 + np.pi * 50**2  # square pad units
    assert grey.sum() == pytest.approx(area / 100, rel=0.04)
    assert grey.min() == 0 and grey.max() == 1


def test_a_dot_is_a_disc_and_any_size_can_be_asked_for():
    dot = Drawing((Stroke(200, ((500, 500),)),))
    for size in (28, 84, 100):
        assert dot.image(size).shape == (size, size)
        assert dot.image(size).mean() == pytest.approx(np.pi * 0.1**2, rel=0.1)
