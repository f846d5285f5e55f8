"""The charts beside a matrix: their data stand in the tables as given, and neither epoch nor click changes a spec."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.charts import ablation, cells, histogram, ledger, mosaic, norms, recall
from core.charts.theme import DARK, LIGHT
from tests.charts.checked import checked, parameters

STATES = pd.DataFrame({"state": [0, 1, 2], "epoch": [0.0, 1.0, 2.0]})
NORMS = pd.DataFrame({"state": [0, 0, 1, 1], "epoch": [0.0, 0.0, 1.0, 1.0], "unit": [0, 1, 0, 1], "norm": [1.0, 1.0, 2.0, 3.0]})
BANDS = pd.DataFrame({"epoch": [0.0, 1.0], "least": 0.0, "low": 0.1, "median": 0.5, "high": 0.9, "most": 1.0})
BINS = pd.DataFrame({"state": [0, 0, 1, 1], "low": [-1.0, 0.0] * 2, "high": [0.0, 1.0] * 2, "count": [3, 1, 2, 2]})
STACK = np.arange(24, dtype=np.float32).reshape(3, 4, 2) - 12
TILES = pd.DataFrame({"unit": [4, 2], "label": ["4", "2"], "norm": [1.0, 2.0], "chosen": [True, False], "now": 0})
STEPS = pd.DataFrame(
    {"label": ["a", "sum"], "kind": ["term", "total"], "start": [0.0, 0.0], "end": [1.0, 1.0], "amount": [1.0, 1.0], "right": 1.0}
)
UNITS = pd.DataFrame({"unit": [0, 1], "accuracy": [0.9, 0.8], "lost": [5.0, 15.0], "chosen": [True, False], "now": 0})
URL = "data:image/png;base64,"

MOVING = {
    "norm lines": lambda c, at: norms.norm_lines(NORMS, STATES, "row", c, at),
    "norm bands": lambda c, at: norms.norm_bands(BANDS, STATES, "row", c, at),
    "histogram": lambda c, at: histogram.histogram(BINS, c, at, states=3),
    "cells": lambda c, at: cells.moving(STACK, 12.0, c, at, names=("input", "unit")),
}
STILL = {
    "products": lambda c: cells.cells(np.ones((2, 3)), 1.0, c, pick=True, more={"input": np.ones((2, 1))}),
    "map": lambda c: cells.cells(np.eye(4), 1.0, c, kind="amount", size=75, legend=True, printed=True, pick=True, picked=(1, 2)),
    "kernel": lambda c: cells.cells(np.eye(5), 1.0, c, size=30, axes=False, title="kernel"),
    "mosaic": lambda c: mosaic.mosaic(URL, TILES, (58, 58), c, pick=True),
    "waterfall": lambda c: ledger.waterfall(STEPS, c),
    "parts": lambda c: ledger.parts(np.array([1.0, -2.0]), ["a", "b"], c, title="what each adds"),
    "unit bars": lambda c: ablation.unit_bars(UNITS, c),
    "recall dots": lambda c: recall.recall_dots([str(d) for d in range(10)], np.full(10, 0.9), np.full(10, 0.5), c),
    "histogram of one state": lambda c: histogram.histogram(BINS[:2], c, title="conv1.kernel", width=230, height=110),
}


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", [*MOVING, *STILL])
def test_specs_are_valid(name, colours):
    spec = checked(MOVING[name](colours, 1) if name in MOVING else STILL[name](colours))
    assert spec["autosize"]["type"] in ("fit-x", "pad")


@pytest.mark.parametrize("name", MOVING)
def test_the_player_finds_the_epoch(name):
    epoch = parameters(checked(MOVING[name](LIGHT, 1)))["epoch"]
    assert epoch["bind"] == {"input": "range", "min": 0, "max": 2, "step": 1}
    assert epoch["value"] == 1
    assert parameters(checked(MOVING[name](LIGHT, 99)))["epoch"]["value"] == 2


CLICKED = {
    "norm lines": lambda now: norms.norm_lines(NORMS.assign(norm=now), STATES, "row", LIGHT, 1),
    "products": lambda now: cells.cells(np.ones((2, 3)) * now, now, LIGHT, pick=True, now=now),
    "mosaic": lambda now: mosaic.mosaic(f"{URL}{now}", TILES.assign(now=now), (58, 58), LIGHT, pick=True),
    "unit bars": lambda now: ablation.unit_bars(UNITS.assign(now=now), LIGHT),
    "map": lambda now: cells.cells(np.eye(4), 1.0, LIGHT, kind="amount", pick=True, picked=(0, now), now=now),
}


@pytest.mark.parametrize("name", CLICKED)
def test_a_click_changes_data_alone(name):
    """Else the browser would rebuild the view, and lose what is picked in it."""
    one, two = CLICKED[name](1), CLICKED[name](2)
    assert one.spec is two.spec and one.values == two.values
    assert any(not one.tables[table].equals(two.tables[table]) for table in one.tables)


def test_picks_carry_what_they_say():
    fields = {
        "products": ["row", "column", "cell", "now"],
        "mosaic": ["unit", "now"],
        "unit bars": ["unit", "now"],
        "map": ["row", "column", "cell", "now"],
    }
    for name, expected in fields.items():
        assert parameters(checked(STILL[name](LIGHT)))["picked"]["select"]["fields"] == expected


def test_cells_hold_every_value():
    weights = np.arange(12.0).reshape(3, 4) - 6
    chart = cells.cells(weights, 6.0, LIGHT, size=30, picked=(1, 2))
    table = chart.tables["cells"]
    assert table["v"].tolist() == weights.ravel().tolist()
    assert table.loc[(table["row"] == 2) & (table["column"] == 3), "v"].item() == weights[1, 2]
    picking = cells.cells(weights, 6.0, LIGHT, size=30, pick=True).spec["layer"][0]
    (number,) = [step["calculate"] for step in picking["transform"] if step.get("as") == "cell"]
    rows = [{"row": row, "column": column} for row, column in zip(table["row"], table["column"], strict=True)]
    assert [eval(number, {}, {"datum": SimpleNamespace(**row)}) for row in rows] == list(range(12))
    assert table.index[table["picked"]].tolist() == [1 * 4 + 2]
    assert table["shade"].abs().max() == 1
    assert (chart.spec["width"], chart.spec["height"]) == (120, 90)


def test_moving_cells_keep_every_weight_in_place():
    table = cells.moving(STACK, 12.0, LIGHT, 0, names=("input", "unit")).tables["cells"]
    assert len(table) == 8
    for _, cell in table.iterrows():
        for state in range(3):
            assert cell[f"s{state}"] == STACK[state, int(cell["row"]) - 1, int(cell["column"]) - 1]


def test_of_many_states_every_so_manieth_is_sent_and_the_one_asked_for():
    stack = np.zeros((1_000, 40, 50), np.float32)
    table = cells.moving(stack, 1.0, LIGHT, 501, names=("input", "unit")).tables["cells"]
    sent = [int(name[1:]) for name in table.columns if name[1:].isdecimal()]
    assert len(sent) <= 126 and 0 in sent and 501 in sent
    assert set(np.diff([state for state in sent if state != 501])) == {8}


def test_tiles_lie_in_rows_with_lines_between():
    tiles = np.stack([np.full((2, 2), n, dtype=np.uint8) for n in (10, 20, 30)])
    assert mosaic.tiled(tiles, across=2).tolist() == [
        [255, 255, 255, 255, 255, 255],
        [255, 10, 10, 255, 20, 20],
        [255, 10, 10, 255, 20, 20],
        [255, 255, 255, 127, 127, 127],
        [255, 30, 30, 127, 127, 127],
        [255, 30, 30, 127, 127, 127],
    ]


@pytest.mark.parametrize(("shape", "large"), [((28, 28), True), ((28, 28), False), ((8, 8), True), ((64, 64), False), ((32, 32, 3), True)])
def test_images_of_any_size_fill_about_the_same_row(shape, large):
    tiles = np.random.default_rng(0).normal(size=(30, *shape)).astype(np.float32)
    frame = pd.DataFrame({"unit": range(30), "label": ""})
    chart = mosaic.images(tiles, 1.0, frame, LIGHT, large=large)
    checked(chart)
    room = 7 * 3 * 29 if large else 6 * 2 * 29
    assert 0.7 * room <= chart.spec["width"] <= room


def test_lines_have_the_grid_colour_and_zero_the_papers():
    palette = mosaic.lined(LIGHT.signed_palette, LIGHT)
    assert palette[mosaic.LINE].tolist() == [0xDF, 0xE3, 0xEA]
    assert palette[mosaic.ZERO].tolist() == [255, 255, 255]
    assert (palette[:255] == LIGHT.signed_palette[:255]).all()
