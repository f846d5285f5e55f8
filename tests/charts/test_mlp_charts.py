"""The charts below the matrix: their data stand in the specs as given, and the epoch never changes a spec."""

import json
import re

import altair as alt
import numpy as np
import pandas as pd
import pytest

from core.charts import ablation, cells, curves, histogram, history, ledger, mosaic, pixel
from core.charts.theme import DARK, LIGHT

STATES = pd.DataFrame({"state": [0, 1, 2], "epoch": [0.0, 1.0, 2.0], "loss": [2.3, 0.5, 0.1], "now": 0})
SHARES = pd.DataFrame(
    {
        "state": [0, 1, 2] * 2,
        "epoch": [0.0, 1.0, 2.0] * 2,
        "images": ["training"] * 3 + ["test"] * 3,
        "share": [0.1, 0.93, 0.96, 0.1, 0.92, 0.95],
    }
)
BAND = pd.DataFrame({"epoch": [0.0, 1.0, 2.0], "low": [0.1, 0.91, 0.94], "high": [0.1, 0.93, 0.95]})
NORMS = pd.DataFrame({"state": [0, 0, 1, 1], "epoch": [0.0, 0.0, 1.0, 1.0], "unit": [0, 1, 0, 1], "norm": [1.0, 1.0, 2.0, 3.0]})
BANDS = pd.DataFrame({"epoch": [0.0, 1.0], "least": 0.0, "low": 0.1, "median": 0.5, "high": 0.9, "most": 1.0})
BINS = pd.DataFrame({"state": [0, 0, 1, 1], "low": [-1.0, 0.0] * 2, "high": [0.0, 1.0] * 2, "count": [3, 1, 2, 2]})
STACK = np.arange(24, dtype=np.float32).reshape(3, 4, 2) - 12
TABLE = pd.DataFrame({"row": [0, 0], "column": [0, 1], "input": [0.5, 0.5], "w": [1.0, -1.0], "now": 0})
TILES = pd.DataFrame({"unit": [4, 2], "label": ["4", "2"], "norm": [1.0, 2.0], "chosen": [True, False], "now": 0})
STEPS = pd.DataFrame(
    {"label": ["a", "sum"], "kind": ["term", "total"], "start": [0.0, 0.0], "end": [1.0, 1.0], "amount": [1.0, 1.0], "right": 1.0}
)
DIGITS = pd.DataFrame({"digit": range(10), "before": 0.9, "after": 0.5})
UNITS = pd.DataFrame({"unit": [0, 1], "accuracy": [0.9, 0.8], "lost": [5.0, 15.0], "chosen": [True, False], "now": 0})
PROBABILITIES = pd.DataFrame({"class": range(10), "probability": 0.1, "words": "10.0%"})

MOVING = {
    "accuracy": lambda c, opening: history.accuracy_curves(SHARES, BAND, STATES, c, opening),
    "loss": lambda c, opening: history.loss_curves(SHARES.rename(columns={"share": "loss"}), STATES, c, opening),
    "norm lines": lambda c, opening: curves.norm_lines(NORMS, STATES, "row", c, opening),
    "norm bands": lambda c, opening: curves.norm_bands(BANDS, STATES, "row", c, opening),
    "histogram": lambda c, opening: histogram.weight_histogram(BINS, 3, c, opening),
    "cells": lambda c, opening: cells.moving_cells(cells.wide(STACK), 12.0, c, opening),
}
STILL = {
    "products": lambda c: cells.still_cells(TABLE, 1.0, c, pick=True),
    "mosaic": lambda c: mosaic.mosaic("data:image/png;base64,", TILES, 58, c, pick=True),
    "waterfall": lambda c: ledger.waterfall(STEPS, c),
    "probabilities": lambda c: ledger.probabilities(PROBABILITIES, c),
    "unit bars": lambda c: ablation.unit_bars(UNITS, c),
    "recall dots": lambda c: ablation.recall_dots(DIGITS, c),
    "pixel map": lambda c: pixel.pixel_map(np.eye(4), 1.0, c, what="norm", chosen=5),
}


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", [*MOVING, *STILL])
def test_specs_are_valid(name, colours):
    chart = MOVING[name](colours, 1) if name in MOVING else STILL[name](colours)
    spec = chart.to_dict()  # altair checks it against Vega-Lite's schema
    assert spec["autosize"]["type"] in ("fit-x", "pad")


def parameters(spec: dict) -> dict[str, dict]:
    return {p["name"]: p for p in spec["params"]}


@pytest.mark.parametrize("name", MOVING)
def test_the_player_finds_the_epoch(name):
    epoch = parameters(MOVING[name](LIGHT, 1).to_dict())["epoch"]
    assert epoch["bind"] == {"input": "range", "min": 0, "max": 2, "step": 1}
    assert epoch["value"] == 1
    assert parameters(MOVING[name](LIGHT, 99).to_dict())["epoch"]["value"] == 2


def without_data(chart: alt.TopLevelMixin) -> str:
    spec = chart.to_dict()
    spec.pop("datasets")
    return re.sub(r"data-[0-9a-f]+", "data", json.dumps(spec, sort_keys=True))  # data sets are named after their hash


CLICKED = {
    "accuracy": lambda now: history.accuracy_curves(SHARES, BAND, STATES.assign(now=now), LIGHT, 1),
    "loss": lambda now: history.loss_curves(SHARES.rename(columns={"share": "loss"}), STATES.assign(now=now), LIGHT, 1),
    "norm lines": lambda now: curves.norm_lines(NORMS.assign(norm=now), STATES, "row", LIGHT, 1),
    "products": lambda now: cells.still_cells(TABLE.assign(now=now), 1.0, LIGHT, pick=True),
    "mosaic": lambda now: mosaic.mosaic(f"data:image/png;base64,{now}", TILES.assign(now=now), 58, LIGHT, pick=True),
    "unit bars": lambda now: ablation.unit_bars(UNITS.assign(now=now), LIGHT),
    "pixel map": lambda now: pixel.pixel_map(np.eye(4), 1.0, LIGHT, what="norm", chosen=now, now=now),
}


@pytest.mark.parametrize("name", CLICKED)
def test_a_click_changes_data_alone(name):
    """Else the browser would rebuild the view, and lose what is picked in it."""
    assert CLICKED[name](1).to_dict()["datasets"] != CLICKED[name](2).to_dict()["datasets"]
    assert without_data(CLICKED[name](1)) == without_data(CLICKED[name](2))


def test_picks_carry_what_they_say():
    fields = {
        "accuracy": ["state", "now"],
        "products": ["column", "now"],
        "mosaic": ["unit", "now"],
        "unit bars": ["unit", "now"],
        "pixel map": ["pixel", "now"],
    }
    for name, expected in fields.items():
        spec = (MOVING[name](LIGHT, 0) if name in MOVING else STILL[name](LIGHT)).to_dict()
        assert parameters(spec)["picked"]["select"]["fields"] == expected


def test_accuracy_leaves_the_start_out_of_the_scale():
    layers = history.accuracy_curves(SHARES, BAND, STATES, LIGHT, 0).to_dict()["layer"]
    domains = [layer["encoding"]["y"]["scale"]["domain"] for layer in layers if "y" in layer["encoding"]]
    assert domains == [[0.9, 1], [0.9, 1]]


def test_wide_keeps_every_weight_in_place():
    frame = cells.wide(STACK)
    assert len(frame) == 8
    for _, cell in frame.iterrows():
        for state in range(3):
            assert cell[f"s{state}"] == STACK[state, int(cell["row"]), int(cell["column"])]


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


def test_lines_have_the_grid_colour_and_zero_the_papers():
    palette = mosaic.lined(LIGHT.signed_palette, LIGHT)
    assert palette[mosaic.LINE].tolist() == [0xDF, 0xE3, 0xEA]
    assert palette[mosaic.ZERO].tolist() == [255, 255, 255]
    assert (palette[:255] == LIGHT.signed_palette[:255]).all()
