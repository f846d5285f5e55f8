"""Pictures of many trainings: valid specs, places and coordinates as worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from core.charts import trials
from core.charts.theme import DARK, LIGHT
from core.charts.trials import LEFT, SIZES, TOP, Grid
from tests.charts.checked import checked

GRID = Grid(("0.1", "0.2", "a value that is far too long"), ("1", "2"), ("Learning rate", "Seed"))
CELLS = pd.DataFrame(
    {
        "key": [f"k{i}" for i in range(6)],
        "value": [0.1, 0.5, np.nan, 0.9, 1.0, np.nan],
        "text": ["10%", "50%", "waits", "90%", "100%", "failed"],
        "below": ["stuck", "", "", "", "", ""],
        "corner": ["x"] * 6,
        "said": ["said"] * 6,
        "chosen": [False, True, False, False, False, False],
        "now": 0,
    }
)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("look", SIZES)
def test_grids_are_valid_and_each_place_is_where_it_belongs(look: str, colours) -> None:
    lines = pd.DataFrame({"index": [3, 3], "curve": trials.CURVES[0], "part": [0.0, 1.0], "value": [1.0, 9.0]})
    picture = trials.grid(GRID, look, CELLS.assign(url="data:,"), colours, lines=lines if look == trials.PROFILES else None)
    checked(picture)
    table, (wide, high) = picture.tables["cells"], SIZES[look]
    assert table["x"].tolist() == [LEFT, LEFT, LEFT + wide, LEFT + wide, LEFT + 2 * wide, LEFT + 2 * wide]
    assert table["y"].tolist() == [TOP, TOP + high] * 3
    heads = picture.tables["heads"]
    assert {"0.1", "0.2", "1", "2", "a value that…"} <= set(heads["word"]) and heads["word"].str.len().max() <= 16
    if look == trials.PROFILES:
        drawn = picture.tables["lines"]
        assert drawn["key"].tolist() == ["k3", "k3"]
        assert drawn["x"].between(LEFT + wide, LEFT + 2 * wide).all() and drawn["y"].between(TOP + high, TOP + 2 * high).all()
        assert drawn["y"].iloc[1] == drawn["y"].min(), "what is beyond the highest is cut"


def test_one_row_without_a_second_choice_and_nothing_yet() -> None:
    alone = Grid(("1", "2"), ("",), ("Seed", ""))
    cells = CELLS.iloc[:2].assign(value=np.nan)
    for look in SIZES:
        checked(trials.grid(alone, look, cells.assign(url=None), LIGHT))
    assert alone.place(1) == (1, 0) and GRID.place(3) == (1, 1)


def test_lines_run_from_least_to_most_and_words_are_spread() -> None:
    columns = {"rate": [0.1, 0.2, 0.4, 0.1, 0.2, 0.4], "kind": ["a", "b", "c", "a", "b", ""], "loss": [1.0, np.nan, 3.0, 1.0, 1.0, 1.0]}
    picture = trials.parallel(CELLS, columns, LIGHT)
    checked(picture)
    table = picture.tables["lines"]
    heights = {name: part.set_index("key")["height"] for name, part in table.groupby("column")}
    assert heights["rate"].round(4).to_dict() == {"k0": 0, "k1": 0.3333, "k2": 1, "k3": 0, "k4": 0.3333, "k5": 1}
    assert heights["kind"].to_dict() == {"k0": 0, "k1": 0.5, "k2": 1, "k3": 0, "k4": 0.5}
    assert "k1" not in heights["loss"] and heights["loss"]["k2"] == 1
    ticks = picture.tables["ticks"]
    assert ticks[ticks["column"] == "rate"]["word"].tolist() == ["0.1", "0.4"]
    checked(trials.parallel(CELLS.assign(value=np.nan), {"rate": [1.0] * 6, "none": [np.nan] * 6}, DARK))


@pytest.mark.parametrize("words", [False, True])
def test_points(words: bool) -> None:
    rows = CELLS.dropna().assign(who="mine", choice="x" if words else 0.1)
    checked(trials.scatter(rows, "Learning rate", LIGHT, logarithmic=not words, words=words))
