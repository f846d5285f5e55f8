"""A large matrix as a raster: how it is laid out, which states a player gets, and its detail."""

import time

import numpy as np
import pytest

from core.charts import detail
from core.charts.grid import FILM_WEIGHTS, LONGEST, PIXELS, Window, film, grid, window
from core.charts.size import CELLS, ROOM, SIDE, small
from core.charts.theme import LIGHT
from tests.charts.checked import checked

SHAPES = [
    (784, 49),
    (784, 128),
    (4_096, 1_024),
    (1_024, 4_096),
    (16_384, 16_384),
    (64, 64),
    (4_096, 10),
    (3_072, 10),
    (10, 4_096),
    (2, 1_500),
    (1_500, 2),
    (1, 16_384),
    (16_384, 1),
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("room", [ROOM, (245, 784)])
def test_a_matrix_of_any_size_has_a_picture_that_fits(shape: tuple[int, int], room: tuple[int, int]) -> None:
    of = grid(*shape, room)
    assert of.height <= min(room[1], SIDE) and of.width <= min(room[0], SIDE)
    assert of.shape[0] * of.shape[1] <= PIXELS
    assert of.shape[0] * of.down >= shape[0] > (of.shape[0] - 1) * of.down
    if shape[0] <= room[1] and shape[1] <= room[0] and shape[0] * shape[1] <= PIXELS:
        assert (of.down, of.across) == (1, 1)  # nothing is pooled that has room


@pytest.mark.parametrize(("states", "shape"), [(51, (784, 49)), (51, (784, 128)), (1_000, (784, 49)), (2, (64, 64)), (1_000, (64, 64))])
def test_a_film_keeps_within_its_bytes_whatever_the_number_of_states(states: int, shape: tuple[int, int]) -> None:
    found = film(grid(*shape), states)
    assert found is not None
    assert len(found.kept) * shape[0] * shape[1] <= FILM_WEIGHTS
    assert found.kept[0] == 0 and len(found.kept) >= min(states, 6)


def test_a_film_of_the_shipped_layer_holds_every_state() -> None:
    found = film(grid(784, 49), 51)
    assert found is not None and found.kept == list(range(51))


@pytest.mark.parametrize(("states", "shape"), [(1, (784, 49)), (51, (4_096, 1_024))])
def test_one_state_or_a_very_large_matrix_has_no_film(states: int, shape: tuple[int, int]) -> None:
    assert film(grid(*shape), states) is None


@pytest.mark.parametrize(
    ("shape", "brush", "picked", "wanted"),
    [
        ((784, 49), {}, (None, None), Window(0, 24, 0, 49)),
        ((784, 49), {}, (100, 3), Window(88, 112, 0, 49)),
        ((784, 49), {"row": [400.2, 419.9]}, (None, None), Window(400, 420, 0, 49)),
        ((784, 49), {"row": [0.0, 100.0]}, (None, None), Window(0, 40, 0, 49, cut=True)),
        ((784, 49), {"row": [790.0, 800.0]}, (None, None), Window(783, 784, 0, 49)),
        ((4_096, 1_024), {}, (4_095, 1_023), Window(4_072, 4_096, 975, 1_024)),
        ((4_096, 1_024), {"row": [10, 30], "column": [5, 45]}, (None, None), Window(10, 30, 5, 45)),
        ((10, 4_096), {"column": [4_000, 4_050]}, (None, None), Window(0, 10, 4_000, 4_050)),
    ],
)
def test_what_is_brushed_is_shown(shape, brush, picked, wanted) -> None:
    assert window(grid(*shape), brush, picked) == wanted


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("brush", [{}, {"row": [0, 1e9], "column": [0, 1e9]}, {"row": [3, 3]}, {"column": [5, 600]}])
def test_a_detail_never_holds_too_many_cells(shape: tuple[int, int], brush: dict[str, list[float]]) -> None:
    found = window(grid(*shape), brush)
    high, wide = found.bottom - found.top, found.right - found.left
    assert 0 < high * wide <= CELLS and max(high, wide) <= LONGEST
    assert found.bottom <= shape[0] and found.right <= shape[1]


def test_a_detail_holds_its_cells_and_is_quick() -> None:
    kernel = np.random.default_rng(0).normal(size=(4_096, 1_024)).astype(np.float32)
    rows, columns = np.arange(100, 140), np.arange(200, 245)
    best = np.inf
    for _ in range(5):
        started = time.process_time()
        chart = detail.detail(kernel[np.ix_(rows, columns)], rows, columns, 4.0, LIGHT, picked=(120, 230))
        best = min(best, time.process_time() - started)
    assert best < 0.1
    checked(chart)
    table = chart.tables["detail"]
    assert len(table) == 40 * 45
    cell = table[table.picked].iloc[0]
    assert (cell.py, cell.px) == (120, 230) and cell.w == kernel[120, 230]


@pytest.mark.parametrize(
    ("shape", "cells"), [((15, 10), True), ((784, 2), True), ((128, 10), True), ((3, 1), True), ((1, 2_000), False), ((64, 64), False)]
)
def test_the_picture_is_chosen_by_the_number_of_cells(shape: tuple[int, int], cells: bool) -> None:
    assert small(*shape) == cells
