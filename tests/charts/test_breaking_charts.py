"""Charts of damage, confidence and maps: valid specs with the numbers that they were given."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from core.charts import confidence, points, robustness
from core.charts.theme import DARK, LIGHT
from tests.charts.checked import checked, parameters

AMOUNTS = np.array([-10.0, 0.0, 20.0])
RECALL = np.array([[0.5, 0.25], [1.0, 0.75], [0.0, np.nan]])
both = pytest.mark.parametrize("colours", (LIGHT, DARK), ids=("light", "dark"))


@both
def test_shares_right(colours):
    chart = robustness.shares(AMOUNTS, np.array([0.4, 0.9, 0.1]), RECALL, ["a", "b"], colours, title="turn (°)", at=20, now=3)
    spec = checked(chart)
    assert parameters(spec)["picked"]["select"]["fields"] == ["which", "now"]
    each, strips = chart.tables["each"], chart.tables["strips"]
    assert list(each.loc[each["class"] == "b", "share"]) == [0.25, 0.75], "a class without images has no point"
    assert list(strips["left"]) == [-10, -5, 10] and list(strips["right"]) == [-5, 10, 20] and set(strips["now"]) == {3}
    assert list(chart.tables["at"]["amount"]) == [20]
    checked(robustness.shares(AMOUNTS, RECALL[:, 0], RECALL, ["a", "b"], colours, title="scale", percent=True))


@both
def test_what_is_said(colours):
    chart = robustness.said(AMOUNTS, np.array([[0.5, 0.5], [0.25, 0.75], [0, 1]]), ["a", "b"], colours, title="turn")
    checked(chart)
    assert chart.tables["said"].groupby("amount")["share"].sum().tolist() == [1, 1, 1]
    many = [str(i) for i in range(30)]
    checked(robustness.said(AMOUNTS, np.full((3, 30), 1 / 30), many, colours, title="turn"))


@both
def test_confidence(colours):
    line = (np.array([1, 0.5, 0]), np.array([0.9, 0.95, np.nan]))
    chart = confidence.answered({"as they are": line, "turned": line}, {"as they are": (0.5, 0.95), "turned": (0, np.nan)}, colours)
    checked(chart)
    assert len(chart.tables["lines"]) == 4 and len(chart.tables["dots"]) == 1
    edges = np.linspace(0, 1, 3)
    chart = confidence.reliability(np.array([np.nan, 0.8]), np.array([np.nan, 0.7]), np.array([0, 9]), edges, colours)
    checked(chart)
    assert chart.tables["bins"].to_dict("records") == [{"left": 0.5, "end": 1, "sure": 0.8, "right": 0.7, "images": 9}]


@both
def test_points_bring_their_pictures(colours):
    images = np.zeros((3, 8, 8), np.uint8)
    images[1, 2, 5] = 255
    shown = points.pictures(images, colours)
    chart = points.points(np.arange(6).reshape(3, 2), np.array([0, 1, 1]), ["x", "y", "z"], ["a", "b"], shown, colours, axes=("1", "2"))
    checked(chart)
    assert chart.tables["points"]["class"].tolist() == ["a", "b", "b"] and chart.tables["points"]["y"].tolist() == [1, 3, 5]
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(shown["url"][1].partition(",")[2]))).convert("RGB")).astype(int)
    scale = len(picture) // 8
    paper, ink = (tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)) for colour in colours.ink)
    assert tuple(picture[2 * scale, 5 * scale]) == ink and tuple(picture[0, 0]) == paper
