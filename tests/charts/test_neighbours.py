"""The neighbours' chart: valid for networks of any shape, and a path marks the cells or strips that it goes through."""

import warnings
from itertools import pairwise

import numpy as np
import pytest
from altair.utils import schemapi

from core.analysis.neighbourhood import FEW, KEPT, neighbourhood
from core.charts import neighbours, prepared
from core.charts.neighbours import Shown
from core.charts.theme import LIGHT
from tests.charts.checked import checked, parameters

SIZES = (784, 49, 7, 15, 15, 10)
NETWORKS = [SIZES, (784, 10), (64, 10), (784, 128, 10), (64, 64, 10), (3, 1), (300, 200, 100, 10), (4_096, 10)]


def network(sizes: tuple[int, ...], states: int = 2) -> list[dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    return [
        {f"dense{n}.kernel": rng.normal(size=shape).astype(np.float32) for n, shape in enumerate(pairwise(sizes), 1)} for _ in range(states)
    ]


def drawn(sizes: tuple[int, ...], layer: int, room: int = neighbours.ROOM):
    """The units shown, the table at the last state, and the chart."""
    states = network(sizes)
    found = neighbourhood(states[-1][f"dense{layer}.kernel"], layer, sizes)
    shown = Shown(layer, found.inputs, found.outputs, found.before, found.after, found.has_before, found.has_after)
    limits = dict.fromkeys(range(1, len(sizes)), 5.0)
    table = neighbours.table(lambda n, s: states[s][f"dense{n}.kernel"], shown, [0, 1], 1, limits, LIGHT)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # Altair's, about selections that it joins
        chart = neighbours.neighbours(table, neighbours.path_table(shown, {}), shown, 2, limits, LIGHT, room=room)
    return shown, table, chart


@pytest.mark.parametrize(("sizes", "room"), [*((sizes, neighbours.ROOM) for sizes in NETWORKS), (SIZES, 290)], ids=str)
def test_specs_are_valid_and_silent(sizes: tuple[int, ...], room: int) -> None:
    for layer in range(1, len(sizes)):
        shown, table, chart = drawn(sizes, layer, room)
        pick = parameters(checked(chart))["pick"]
        there = {"cur"} | ({"prev"} if shown.has_before else set()) | ({"next"} if shown.has_after else set())
        assert {view.rsplit("_", 1)[0] for view in pick["views"]} == there, "cells and strips answer to a click"
        assert len(table) <= 3 * FEW * FEW


def test_the_shipped_networks_neighbours_are_those_they_were() -> None:
    for layer, cells in {1: {"next"}, 2: {"cur", "next"}, 3: {"prev", "cur", "next"}, 5: {"prev", "cur"}}.items():
        shown, table, _ = drawn(SIZES, layer)
        assert set(table[table.get("url", "") == ""].m if "url" in table else table.m) == cells
        assert shown.outputs == tuple(range(SIZES[layer]))


def test_of_many_units_the_strongest_are_shown() -> None:
    state = network((300, 200, 100, 10))[0]
    found = neighbourhood(state["dense2.kernel"], 2, (300, 200, 100, 10))
    kernel = state["dense2.kernel"].astype(float)
    assert found.left_out == (200 - KEPT, 100 - KEPT)
    assert set(found.inputs or ()) == set(np.argsort(-np.linalg.norm(kernel, axis=1))[:KEPT].tolist())
    assert set(found.outputs) == set(np.argsort(-np.linalg.norm(kernel, axis=0))[:KEPT].tolist())


def test_cells_hold_the_weights_of_the_units_that_they_name() -> None:
    _, table, _ = drawn((300, 200, 100, 10), 2)
    state = network((300, 200, 100, 10))[1]
    for name, layer, turned in (("cur", 2, False), ("next", 3, True)):
        cells = table[table.m == name]
        kernel = state[f"dense{layer}.kernel"].T if turned else state[f"dense{layer}.kernel"]
        assert (cells.s1.to_numpy() == kernel[cells.y, cells.x]).all()


@pytest.mark.parametrize("length", [1, 64, 392, 784, 3_072, 16_384, 1_000])
def test_a_strip_of_any_length_fits_and_keeps_its_spike(length: int) -> None:
    weights = np.random.default_rng(0).normal(size=length)
    weights[length // 2] = -9
    strip = neighbours.pooled(weights)
    assert len(strip) <= neighbours.STRIP and strip.min() == -9


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
    shown, table, _ = drawn(SIZES, layer)
    marked = neighbours.path_table(shown, path)
    assert set(marked.path) <= {1} and len(marked) == len(wanted)
    on = table[[f"{m} {y} {x}" in set(marked.place) for m, y, x in zip(table.m, table.y, table.x, strict=True)]]
    assert set(zip(on.m, on.y, on.x, strict=True)) == wanted


def test_parts_that_copies_share_are_the_parts_that_they_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """Altair's own way of copying, slower by far, makes the same chart."""
    *_, quick = drawn(SIZES, 2)
    neighbours._neighbours.cache_clear()  # type: ignore[attr-defined]
    monkeypatch.setattr(schemapi, "_deep_copy", prepared.deep_copy)
    *_, whole = drawn(SIZES, 2)
    neighbours._neighbours.cache_clear()  # type: ignore[attr-defined]
    assert whole.spec is not quick.spec and whole.spec == quick.spec
