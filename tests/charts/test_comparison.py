"""Several trainings on the same axes: lines, bands and single seeds in one valid spec."""

import pandas as pd
import pytest

from core.charts.comparison import comparison
from core.charts.theme import LIGHT
from tests.charts.checked import checked

CURVES = pd.DataFrame({"curve": ["a", "a", "b", "b"], "epoch": [0, 5, 0, 5], "value": [0.1, 0.9, 0.2, 0.8]})
BANDS = pd.DataFrame({"curve": ["a", "a"], "epoch": [0, 5], "low": [0.1, 0.8], "high": [0.2, 0.95]})
SINGLES = pd.DataFrame({"curve": ["a"] * 4, "seed": ["0", "0", "1", "1"], "epoch": [0, 5, 0, 5], "value": [0.1, 0.8, 0.2, 0.95]})


@pytest.mark.parametrize("bands", [BANDS, BANDS.iloc[:0]], ids=["bands", "none"])
@pytest.mark.parametrize("singles", [SINGLES, SINGLES.iloc[:0]], ids=["singles", "none"])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_each_table_that_has_rows_is_drawn_in_the_colours_of_the_lines(bands, singles, logarithmic) -> None:
    spec = checked(comparison(CURVES, bands, singles, "share", LIGHT, percent=not logarithmic, logarithmic=logarithmic))
    assert [layer.get("data", spec.get("data"))["name"] for layer in spec["layer"]] == ["bands"] * bool(len(bands)) + ["singles"] * bool(
        len(singles)
    ) + ["curves"]
    assert all(layer["encoding"]["color"]["scale"]["domain"] == ["a", "b"] for layer in spec["layer"])
    assert spec["layer"][-1]["encoding"]["y"]["scale"].get("type") == ("log" if logarithmic else None)


def test_the_start_does_not_flatten_the_shares() -> None:
    spec = checked(comparison(CURVES, BANDS, SINGLES, "share", LIGHT, percent=True))
    assert spec["layer"][-1]["encoding"]["y"]["scale"]["domain"] == [0.8, 1]


def test_other_rows_are_the_same_spec() -> None:
    one, other = (comparison(CURVES.assign(value=CURVES["value"] * by), BANDS, SINGLES, "loss", LIGHT) for by in (1, 0.5))
    assert one.spec is other.spec
