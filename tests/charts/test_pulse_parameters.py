"""The charts of a pulse set: valid, titled, with the brush that the page reads."""

import pandas as pd
import pytest

from core.charts import pulse_parameters
from core.charts.theme import DARK, LIGHT, Theme
from core.specs import PULSE_CLASSES
from tests.charts.checked import checked

FRAME = pd.DataFrame(
    {"kind": ["square", "gaussian"], "low": [0.0, 0.0], "high": [1.0, 1.0], "start": [0, 3], "end": [3, 5], "images": [3, 2]}
)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_histogram(colours: Theme) -> None:
    spec = checked(pulse_parameters.histogram(FRAME, "width", "px", PULSE_CLASSES, colours))
    assert spec["encoding"]["x"]["title"] == "width (px)" and spec["encoding"]["y"]["title"] == "images"
    assert [p["name"] for p in spec["params"]] == [pulse_parameters.BRUSH]
    assert spec["encoding"]["color"]["scale"]["domain"] == list(PULSE_CLASSES)
    assert spec["usermeta"]["embedOptions"]["renderer"] == "canvas"


def test_balance() -> None:
    frame = pd.DataFrame({"kind": list(PULSE_CLASSES), "images": [3, 2, 0, 1], "share": [0.5, 1 / 3, 0.0, 1 / 6]})
    spec = checked(pulse_parameters.balance(frame, PULSE_CLASSES, LIGHT))
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["bar", "text"]
    assert all(layer["encoding"]["x"]["scale"]["domain"][0] == 0 for layer in spec["layer"])


def test_structure_does_not_follow_the_data() -> None:
    """The page makes a chart once and changes its data alone."""
    specs = [
        pulse_parameters.histogram(frame, "width", "px", PULSE_CLASSES, LIGHT).spec for frame in (FRAME, FRAME[:0], pd.concat([FRAME] * 3))
    ]
    assert specs[0] is specs[1] is specs[2]
