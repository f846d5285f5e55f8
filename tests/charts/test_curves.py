"""Curves over the epochs and along a parameter: what they hold, and what a click on them names."""

import numpy as np
import pandas as pd
import pytest

from core.charts import curves, response
from core.charts.epoch import strips
from core.charts.theme import theme
from tests.charts.checked import checked, parameters

EPOCHS = [0.0, 0.25, 0.5, 1.0, 2.0]
STATES = pd.DataFrame({"state": range(5), "epoch": EPOCHS, "loss": [1.0, 0.8, 0.5, 0.2, 0.1]})
CURVES = curves.table({"epoch": np.array(EPOCHS), "loss": STATES["loss"].to_numpy()}, {"loss": "loss", "of nothing": "missing"})
OTHERS = pd.DataFrame({"seed": [1], "epoch": [0.0], "value": [1.0]})
BAND = pd.DataFrame({"epoch": [0.0, 1.0], "low": [0.1, 0.2], "high": [0.2, 0.4]})


def test_the_table_leaves_out_what_the_history_lacks():
    assert CURVES["curve"].unique().tolist() == ["loss"]
    assert CURVES["value"].tolist() == STATES["loss"].tolist()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"others": OTHERS},
        {"band": BAND},
        {"level": (0.5, "noise")},
        {"moment": (1.5, "dead")},
        {"logarithmic": True},
        {"percent": True},
    ],
)
def test_curves_follow_the_player_and_can_be_clicked(dark, more):
    made = checked(curves.over_epochs(CURVES, STATES, "loss", theme(dark), 4, **more))
    found = parameters(made)
    assert found["epoch"]["bind"]["max"] == 4 and found["epoch"]["value"] == 4
    assert found["picked"]["select"]["fields"] == ["state", "now"]


def test_curves_without_a_player_have_neither_mark_nor_clicks():
    made = checked(curves.over_epochs(CURVES, STATES, "loss", theme(False), last=10))
    assert made["params"] == []
    assert [layer["mark"]["type"] for layer in made["layer"]] == ["line", "rect"]
    assert made["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, 10]


def test_the_spec_is_made_once_and_never_follows_the_data():
    one, two = (curves.over_epochs(CURVES.assign(value=v), STATES.assign(loss=v), "loss", theme(False), 1) for v in (1.0, 2.0))
    assert one.spec is two.spec
    assert not one.tables["curves"].equals(two.tables["curves"])


@pytest.mark.parametrize(("epochs", "kind"), [(EPOCHS, "sqrt"), ([0.0, 1.0, 2.0, 3.0, 4.0], None)])
def test_states_inside_the_first_epoch_have_room(epochs, kind):
    made = checked(curves.over_epochs(CURVES, STATES.assign(epoch=epochs), "loss", theme(False), 4))
    assert made["layer"][0]["encoding"]["x"]["scale"].get("type") == kind


def test_every_place_on_the_axis_belongs_to_one_state():
    found = strips(STATES)
    assert found["left"].iloc[0] == 0 and found["right"].iloc[-1] == 2
    assert found["left"].tolist()[1:] == found["right"].tolist()[:-1]
    inside = [found[(found["left"] <= e) & (e <= found["right"])]["state"].tolist() for e in EPOCHS]
    assert inside == [[0], [1], [2], [3], [4]]


def test_one_state_alone_can_be_clicked():
    found = strips(STATES.iloc[:1])
    assert found["left"].item() < 0 < found["right"].item()
    checked(curves.over_epochs(CURVES.iloc[:1], STATES.iloc[:1], "loss", theme(False), 0))


def test_an_axis_of_shares_leaves_the_start_out():
    table = pd.DataFrame({"epoch": [0.0, 1.0, 2.0], "value": [0.1, 0.93, 0.96]})
    assert curves.floor(table) == 0.9
    assert curves.floor(table[:1]) == 0


@pytest.mark.parametrize("trained", [None, (0.2, 0.8)])
def test_curves_along_a_parameter(trained):
    table = pd.DataFrame({"value": [0.0, 1.0], "curve": [1, 1], "answer": [0.1, 0.2]})
    made = checked(response.along(table, 0.5, ("width", "output"), theme(False), domain=(0.0, 1.0), trained=trained))
    assert len(made["layer"]) == (2 if trained is None else 3)
    colour = next(layer for layer in made["layer"] if layer["mark"]["type"] == "line")["encoding"]["color"]
    assert colour["scale"]["domain"] == ["1"]
