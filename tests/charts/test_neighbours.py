"""The neighbours' chart: every layer's spec is valid, without warnings, and a path marks the cells that it goes through."""

import warnings

import numpy as np
import pytest

from core.charts import matrix, neighbours
from core.charts.theme import DARK, LIGHT

SIZES = (784, 49, 7, 15, 15, 10)
LIMITS = dict.fromkeys(range(1, 6), 1.0)


def kernels(layer: int) -> dict[int, np.ndarray]:
    rng = np.random.default_rng(layer)
    return {n: rng.normal(size=(2, SIZES[n - 1], SIZES[n])).astype(np.float32) for n in (layer - 1, layer, layer + 1) if 1 <= n <= 5}


@pytest.mark.parametrize("room", [neighbours.ROOM, 290])
@pytest.mark.parametrize("layer", range(1, 6))
def test_specs_are_valid_and_silent(layer: int, room: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # Altair's, about selections that it joins
        spec = neighbours.neighbours(SIZES, layer, LIMITS, 2, LIGHT, room=room).to_dict()
    pick = next(p for p in spec["params"] if p["name"] == "pick")
    cells = {1: ["next"], 2: ["cur", "next"], 5: ["prev", "cur"]}.get(layer, ["prev", "cur", "next"])
    assert sorted(view.rsplit("_", 1)[0] for view in pick["views"]) == sorted(cells)


def test_the_matrix_is_silent_too() -> None:
    values = np.random.default_rng(0).normal(size=(3, 5, 4)).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        chart = matrix.matrix(values, values[:, 0], DARK, row_names=list("01234"), column_names=list("0123"), limit=1.0)
        spec = chart.to_dict()
    pick = next(p for p in spec["params"] if p["name"] == "pick")
    assert [view.rsplit("_", 1)[0] for view in pick["views"]] == ["matrix", "row-norms", "column-norms"]


@pytest.mark.parametrize(
    ("layer", "path", "wanted"),
    [
        (4, {5: (2, 7), 4: (3, 2), 3: (6, 3)}, {("next", 7, 2), ("cur", 3, 2), ("prev", 3, 6)}),
        (5, {5: (2, 7)}, {("cur", 2, 7)}),
        (5, {3: (6, 3)}, set()),
        (2, {2: (48, 6), 1: (300, 48)}, {("cur", 48, 6), ("prev", 48, 0)}),  # layer 1 lies as strips, one a unit
        (1, {2: (48, 6), 1: (300, 48)}, {("next", 6, 48), ("cur", 0, 48)}),  # and stands
    ],
)
def test_a_path_marks_its_cells(layer: int, path: dict[int, tuple[int, int]], wanted: set[tuple[str, int, int]]) -> None:
    table = neighbours.table(kernels(layer), layer, 1, 1.0, LIGHT)
    marked = neighbours.with_path(table, layer, path)
    on = marked[marked.path == 1]
    assert set(zip(on.m, on.y, on.x, strict=True)) == wanted
    assert "path" not in table  # the cached table stays as it is
