"""Charts of a walk downhill: valid specs, what their tables hold, and a surface's bands."""

import base64
import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.charts import descent
from core.charts.theme import DARK, LIGHT, Theme
from tests.charts.checked import checked

BOTH = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])


@BOTH
@pytest.mark.parametrize("logarithmic", [False, True])
@pytest.mark.parametrize("whole", [False, True])
def test_lines(colours: Theme, logarithmic: bool, whole: bool) -> None:
    table = pd.DataFrame({"x": [1, 2, 1, 2, 3], "curve": ["a", "a", "b", "b", "b"], "y": [1.0, 0.0, 2.0, np.inf, 3.0]})
    chart = descent.lines(table, ("step", "loss"), colours, logarithmic=logarithmic, whole=whole)
    checked(chart)
    assert len(chart.tables["curves"]) == (3 if logarithmic else 4), "what a logarithmic axis cannot hold, or no axis, is left out"


@BOTH
def test_agreement(colours: Theme) -> None:
    table = pd.DataFrame({"size": ["1 image", "1 image", "10 images"], "cosine": [0.1, -0.2, 0.5]})
    spec = checked(descent.agreement(table, colours))
    assert "median" in str(spec)


@BOTH
def test_pulls_point_where_a_step_goes(colours: Theme) -> None:
    table = pd.DataFrame({"epoch": [0.0, 1, 2], "weight": [0.0, 0.5, 0.7], "tip": [0.2, 0.4, 0.7], "gradient": [-2.0, 1.0, 0.0]})
    chart = descent.pulls(table, "weight", colours, at=1)
    checked(chart)
    assert chart.tables["heads"]["way"].tolist() == [0, 180], "up, down, and none where nothing pulls"
    assert chart.tables["here"]["epoch"].tolist() == [1.0]


@BOTH
def test_walks_stand_on_their_surface(colours: Theme) -> None:
    axis = np.linspace(-1, 1, 9)
    surface = axis[:, None] + 0 * axis[None, :]  # rises from the bottom to the top
    paths = pd.DataFrame(
        {"walk": ["SGD", "SGD", "Adam"], "step": [0, 1, 0], "x": [0.5, 0.2, 0.5], "y": [0.5, 0.0, 0.5], "loss": [1.0, 0.5, 1.0]}
    )
    chart = descent.walks(surface, axis, axis, paths, ("one", "two"), colours, now=(0.0, 0.0))
    checked(chart)
    assert chart.tables["ends"]["step"].tolist() == [1, 0] and chart.tables["start"]["x"].tolist() == [0.5]
    with Image.open(io.BytesIO(base64.b64decode(chart.tables["box"]["url"][0].split(",")[1]))) as picture:
        levels = np.asarray(picture)
    assert levels.shape == (65, 65)
    assert (levels == levels[:, :1]).all(), "one level along each row"
    rows = levels[:, 0].astype(int)
    assert (np.diff(rows) <= 0).all() and rows[0] > rows[-1] == 0, "the highest loss stands on top, as on the axis"
    assert len(set(rows.tolist())) == descent.BANDS
