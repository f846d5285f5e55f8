"""A large matrix as a raster: how it is laid out, what its pictures hold, how large they are, and its detail."""

import base64
import io
import time

import numpy as np
import pytest
from PIL import Image

from core.charts import detail, overview
from core.charts.grid import FILM_PIXELS, LONGEST, PIXELS, Grid, Window, film, grid, window
from core.charts.overview import Shot
from core.charts.raster import signed_levels
from core.charts.size import CELLS, ROOM, SIDE, small
from core.charts.theme import DARK, LIGHT
from tests.charts.checked import checked, parameters

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
ENDS = {"limit": 1.0, "rowTop": 2.0, "columnTop": 3.0, "biasLimit": 0.5}


def shot(of: Grid, down: int | None = None, seed: int = 0, picked: tuple[int | None, int | None] = (None, None)) -> Shot:
    """Noise, which compresses least."""
    rng = np.random.default_rng(seed)
    rows, columns = -(-of.rows // (down or of.down)), of.shape[1]
    values = rng.normal(size=(rows, columns)).astype(np.float32)
    return Shot(values, 3.0, rng.random(rows), rng.random(columns), np.arange(columns), rng.normal(size=columns), picked)


def pixels(url: str) -> np.ndarray:
    """The colours of a data address (height, width, 3)."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB"))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("room", [ROOM, (245, 784)])
def test_a_matrix_of_any_size_has_a_picture_that_fits(shape: tuple[int, int], room: tuple[int, int]) -> None:
    of = grid(*shape, room)
    assert of.height <= min(room[1], SIDE) and of.width <= min(room[0], SIDE)
    assert of.shape[0] * of.shape[1] <= PIXELS
    assert of.shape[0] * of.down >= shape[0] > (of.shape[0] - 1) * of.down
    if shape[0] <= room[1] and shape[1] <= room[0] and shape[0] * shape[1] <= PIXELS:
        assert (of.down, of.across) == (1, 1)  # nothing is pooled that has room


@pytest.mark.parametrize("shape", SHAPES)
def test_one_state_takes_less_than_300_kilobytes(shape: tuple[int, int]) -> None:
    of = grid(*shape)
    tables = overview.still_tables(of, 0, shot(of), 2.0, LIGHT)
    assert len(tables["still"]["map"][0]) + len(tables["still"]["bars"][0]) < 300_000


@pytest.mark.parametrize(("states", "shape"), [(51, (784, 49)), (51, (784, 128)), (1_000, (784, 49)), (2, (64, 64)), (1_000, (64, 64))])
def test_a_film_keeps_within_its_bytes_whatever_the_number_of_states(states: int, shape: tuple[int, int]) -> None:
    of = grid(*shape)
    found = film(of, states)
    assert found is not None
    kept = found.frames.kept
    assert len(kept) * found.rows * of.shape[1] <= FILM_PIXELS
    assert kept[0] == 0 and len(kept) >= min(states, 6)
    assert found.per_line(of) * of.shape[1] <= 4_096


@pytest.mark.parametrize(("states", "shape"), [(1, (784, 49)), (51, (4_096, 1_024))])
def test_one_state_or_a_very_large_matrix_has_no_film(states: int, shape: tuple[int, int]) -> None:
    assert film(grid(*shape), states) is None


def test_the_film_holds_every_state_at_its_place() -> None:
    of = grid(120, 200)
    found = film(of, 51)
    assert found is not None and found.exact(of) and found.per_line(of) == 20
    shots = {state: shot(of, seed=state) for state in range(51)}
    tables = overview.film_tables(of, found, shots, 2.0, DARK)
    sheet = pixels(tables["film"]["map"][0])
    assert sheet.shape == (3 * 120, 20 * 200, 3)
    for state in (0, 19, 20, 50):
        top, left = state // 20 * 120, state % 20 * 200
        wanted = DARK.signed_palette[signed_levels(shots[state].values, 3.0)]
        assert (sheet[top : top + 120, left : left + 200] == wanted).all()
        assert tables["columns"][f"n{state}"].tolist() == shots[state].column_norms.astype(np.float32).tolist()


def test_the_picked_cell_stands_where_it_is_in_each_state() -> None:
    of = grid(4_096, 1_024)
    tables = overview.still_tables(of, 3, shot(of, picked=(700, None)), 2.0, LIGHT)
    assert tables["picked"].y3[0] == 700.5 / 7 and np.isnan(tables["picked"].x3[0])


@pytest.mark.parametrize("shape", [(784, 49), (784, 128), (4_096, 1_024), (10, 4_096), (4_096, 10), (1, 16_384)])
def test_specs_are_valid(shape: tuple[int, int]) -> None:
    of, colours = grid(*shape), DARK
    found = film(of, 12)
    tables = []
    if found:
        tables.append(overview.film_tables(of, found, {s: shot(of, found.down, s) for s in found.frames.kept}, 2.0, colours))
    if not found or not found.exact(of):
        tables.append(overview.still_tables(of, 11, shot(of), 2.0, colours))
    chart = overview.overview(of, found, 12, tables, ENDS, colours, titles=("inputs: pixels", "outputs"), at=11)
    made = parameters(checked(chart))
    assert made["epoch"]["value"] == 11 and made["limit"]["value"] == 1.0
    assert made["window"]["select"]["encodings"] == list(of.brushed)
    assert {f"n{s}" for s in (found.frames.kept if found else [11])} <= set(chart.tables["columns"])


def test_a_spec_serves_every_network_of_the_same_shape() -> None:
    of = grid(784, 128)
    one, two = (
        overview.overview(
            of,
            None,
            5,
            [overview.still_tables(of, 4, shot(of, seed=int(s)), 2.0, LIGHT)],
            {**ENDS, "limit": s},
            LIGHT,
            titles=("a", "b"),
            at=4,
        )
        for s in (1.0, 2.0)
    )
    assert one.spec is two.spec


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
