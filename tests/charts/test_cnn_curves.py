"""The CNN page's charts: what they show and what a click on them names."""

import numpy as np
import pandas as pd
import pytest

from core.charts import cnn_curves, matrix_cells
from core.charts.theme import theme

EPOCHS = [0.0, 0.25, 0.5, 1.0, 2.0]
STATES = pd.DataFrame({"state": range(5), "epoch": EPOCHS, "loss": [1.0, 0.8, 0.5, 0.2, 0.1]})
CURVES = pd.DataFrame({"state": range(5), "epoch": EPOCHS, "curve": "loss", "value": STATES["loss"]})


@pytest.mark.parametrize("dark", [False, True])
def test_state_curves_follow_the_player_and_can_be_clicked(dark):
    spec = cnn_curves.state_curves(
        CURVES, STATES, "loss", theme(dark), 4, others=pd.DataFrame({"seed": [1], "epoch": [0.0], "value": [1.0]})
    )
    made = spec.to_dict()
    names = {param["name"] for param in made["params"]}
    assert {"epoch", "picked"} <= names
    epoch = next(param for param in made["params"] if param["name"] == "epoch")
    assert epoch["bind"]["max"] == 4 and epoch["value"] == 4
    assert len(made["layer"]) == 4


def test_every_place_on_the_axis_belongs_to_one_state():
    strips = cnn_curves._clicks(STATES).data
    assert strips["left"].iloc[0] == 0 and strips["right"].iloc[-1] == 2
    assert strips["left"].tolist()[1:] == strips["right"].tolist()[:-1]
    inside = [strips[(strips["left"] <= e) & (e <= strips["right"])]["state"].tolist() for e in EPOCHS]
    assert inside == [[0], [1], [2], [3], [4]]


@pytest.mark.parametrize(("died", "layers"), [(None, 1), (3.0, 3)])
def test_fate_curves_mark_the_moment_of_death(died, layers):
    made = cnn_curves.fate_curves(CURVES, died, 2.0, theme(False)).to_dict()
    assert len(made["layer"]) == layers


def test_kernel_cells_hold_every_weight():
    weights = np.arange(12.0).reshape(3, 4) - 6
    chart = matrix_cells.kernel(weights, 6.0, theme(False), side=120)
    frame = chart.data
    assert frame["weight"].tolist() == weights.ravel().tolist()
    assert frame.loc[(frame["row"] == 2) & (frame["column"] == 3), "weight"].item() == weights[1, 2]
    assert (chart.width, chart.height) == (120, 90)


def test_strip_puts_kernels_side_by_side():
    strip = matrix_cells.strip(np.stack([np.full((2, 2), 1.0), np.full((2, 2), 2.0)]))
    assert strip.tolist() == [[1, 1, 0, 2, 2], [1, 1, 0, 2, 2]]


def test_outputs_parameters_and_confusion_are_valid_charts():
    outputs = pd.DataFrame({"class": ["a", "b"], "output": [0.2, 0.8]})
    assert cnn_curves.outputs(outputs, theme(True), -1.0).to_dict()["layer"]
    curves = pd.DataFrame({"value": [0.0, 1.0], "class": ["a", "a"], "output": [0.1, 0.2]})
    made = cnn_curves.parameter_curves(curves, "class", "output", 0.5, ("width", "output"), theme(False), domain=(0.0, 1.0)).to_dict()
    assert made["layer"][0]["encoding"]["color"]["scale"]["domain"] == ["a"]
    frame = pd.DataFrame({"actual": ["a"], "predicted": ["a"], "images": [3], "share": [1.0]})
    assert cnn_curves.confusion(frame, ["a"], theme(False)).to_dict()["params"][0]["name"] == "cell"
