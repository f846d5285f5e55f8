"""A chart's data as tables to read."""

import numpy as np
import pandas as pd

from core.charts import ablation, cells, confusion, curves, mosaic
from core.charts.matrix import matrix
from core.charts.reading import tables
from core.charts.theme import LIGHT


def test_a_matrix_reads_as_weights_at_each_state() -> None:
    rng = np.random.default_rng(1)
    values, biases = rng.normal(size=(3, 4, 5)), rng.normal(size=(3, 5))
    read = tables(matrix(values, biases, LIGHT))["cells"]
    weights, bias = read[read["part"] == "cur"], read[read["part"] == "bias"]
    assert list(read.columns) == ["part", "input", "output", "state 0", "state 1", "state 2"]
    assert (len(weights), len(bias)) == (20, 5)
    for state in range(3):
        np.testing.assert_allclose(weights[f"state {state}"], values[state, weights["input"] - 1, weights["output"] - 1], rtol=1e-6)
        np.testing.assert_allclose(bias[f"state {state}"], biases[state, bias["output"] - 1], rtol=1e-6)


def test_indices_read_as_people_call_them() -> None:
    rng = np.random.default_rng(2)
    values, names = rng.normal(size=(1, 3, 2)), ("cat", "dog")
    read = tables(matrix(values, rng.normal(size=(1, 2)), LIGHT, column_names=names))["cells"]
    weights = read[read["part"] == "cur"]
    assert sorted(set(weights["input"])) == [1, 2, 3] and set(read["output"]) == set(names)
    for _, row in weights.iterrows():
        assert row["state 0"] == np.float32(values[0, row["input"] - 1, names.index(row["output"])])
    products = tables(cells.cells(values[0], 1.0, LIGHT, names=("input", "class"), called=((), names)))["cells"]
    assert products["class"].tolist() == ["cat", "dog"] * 3 and products["input"].tolist() == [1, 1, 2, 2, 3, 3]
    lost = pd.DataFrame({"unit": [0, 4], "accuracy": [0.9, 0.8], "lost": [5.0, 15.0], "chosen": False, "now": 0})
    assert sorted(tables(ablation.unit_bars(lost, LIGHT))["units"]["unit"]) == [1, 5]


def test_confusion_counts_read_as_actual_and_predicted() -> None:
    cells = np.array([[[3, 1], [0, 4]]])
    frame = confusion.table(cells, np.array([4, 4]), np.array([[0.75, 1.0]]), np.array([[1.0, 0.8]]), ["cat", "dog"])
    read = tables(confusion.matrix(frame, ["cat", "dog"], LIGHT))["confusion"]
    counts = {(row["actual"], row["predicted"]): row["state 0"] for _, row in read.iterrows()}
    assert counts[("cat", "dog")] == 1 and counts[("dog", "dog")] == 4 and counts[("dog", "recall")] == 1.0


def test_pictures_and_places_are_left_out() -> None:
    tiles = np.ones((3, 4, 4))
    frame = pd.DataFrame({"unit": range(3), "label": "", "norm": [1.0, 2.0, 3.0], "chosen": False, "now": 0})
    read = tables(mosaic.images(tiles, 1.0, frame, LIGHT))
    assert list(read) == ["tiles"] and list(read["tiles"].columns) == ["unit", "norm"]
    assert read["tiles"]["unit"].tolist() == [1, 2, 3]


def test_a_table_that_repeats_a_part_of_another_is_left_out() -> None:
    states = pd.DataFrame({"state": [0, 1, 2], "epoch": [0.0, 1.0, 2.0]})
    lines = states.loc[np.repeat(states.index, 2)].assign(curve=["a", "b"] * 3, value=np.arange(6.0))
    picture = curves.over_epochs(lines, states, "share", LIGHT, 0)
    assert "states" in picture.tables and list(tables(picture)) == ["curves"]
    assert tables(picture)["curves"]["share"].tolist() == lines["value"].tolist()
