"""Counts and choices in sets of pulses, against pandas and by hand."""

import numpy as np
import pandas as pd
import pytest

from core.analysis import pulse_sets
from core.data import pulses
from core.specs import PULSE_CLASSES, PulseSpec

SPEC = PulseSpec(classes=PULSE_CLASSES, drift=0.1)
FRAME = pulses.plan(SPEC, 402, 2)[1]
VALUES = pulse_sets.shown(FRAME, 100)


def test_balance() -> None:
    counted = pulse_sets.balance(FRAME, PULSE_CLASSES)
    assert counted["images"].tolist() == [101, 101, 100, 100]
    assert counted["share"].sum() == pytest.approx(1)
    assert pulse_sets.balance(FRAME[:0], ("square",))["images"].tolist() == [0]


def test_shown_units() -> None:
    row, stored = VALUES.iloc[1], FRAME.iloc[1]
    assert row.amplitude == pytest.approx(100 * stored.amplitude) and row.gaussian_sd == pytest.approx(100 * stored.gaussian_sd)
    assert row.x_offset == pytest.approx(100 * stored.x_offset) and row.drift == pytest.approx(100 * stored.drift)
    assert VALUES.iloc[2].frequency == FRAME.iloc[2].frequency and VALUES.iloc[2].phase == FRAME.iloc[2].phase


def test_spread_leaves_out_what_does_not_vary() -> None:
    assert pulse_sets.spread(VALUES) == list(pulses.MEANINGS)
    still = pulses.plan(PulseSpec(classes=("square",)), 50, 0)[1]
    assert pulse_sets.spread(still) == ["amplitude", "square_width", "x_offset", "y_offset"]
    assert pulse_sets.spread(still[:1]) == []


@pytest.mark.parametrize("name", list(pulses.MEANINGS))
def test_histogram_stacks(name: str) -> None:
    table = pulse_sets.histogram(VALUES, name, PULSE_CLASSES)
    assert table["images"].sum() == VALUES[name].notna().sum()
    assert (table["end"] - table["start"] == table["images"]).all()
    tops = table.groupby("low")["end"].max().to_numpy()
    assert tops.tolist() == np.histogram(VALUES[name].dropna(), pulse_sets.BINS)[0].tolist()
    assert table["low"].min() == pytest.approx(VALUES[name].min()) and table["high"].max() == pytest.approx(VALUES[name].max())


def test_fitting_against_a_query() -> None:
    rows = pulse_sets.fitting(VALUES, ["gaussian", "square"], {"amplitude": (20, 40), "gaussian_sd": (3, 9)})
    wanted = VALUES.query("kind == 'gaussian' and 20 <= amplitude <= 40 and 3 <= gaussian_sd <= 9").index
    assert rows.tolist() == wanted.tolist() and len(rows) > 5
    assert pulse_sets.fitting(VALUES, [], {}).tolist() == []
    assert len(pulse_sets.fitting(VALUES, PULSE_CLASSES, {})) == len(VALUES)


@pytest.mark.parametrize("size", [28, 64, 100, 300])
def test_twins_are_near(size: int) -> None:
    """The pair is drawn by its parameters, has one centre and base line, and differs in as many pixels as it says."""
    spec = PulseSpec(size=size)
    found = pulse_sets.twins(spec, pulses.plan(spec, 300, 1)[1])
    assert found is not None
    square = PulseSpec(size=size, classes=("square",))
    assert np.array_equal(found.pictures[0], pulses.draw_one(spec, "gaussian", found.gaussian))
    assert np.array_equal(found.pictures[1], pulses.draw_one(square, "square", found.square))
    assert found.different == (found.pictures[0] != found.pictures[1]).sum()
    bell, box = pulses.place(spec, "gaussian", found.gaussian), pulses.place(spec, "square", found.square)
    assert box["x0"] == pytest.approx(bell["x0"]) and box["base"] == pytest.approx(bell["base"])
    flat = pulses.draw_one(spec, "square", found.square | {"amplitude": 0.0, "y_offset": found.square["y_offset"]})
    assert found.different < (found.pictures[0] != flat).sum()


def test_no_twins_without_a_gaussian() -> None:
    assert pulse_sets.twins(SPEC, FRAME[FRAME["kind"] == "square"]) is None
    unknown = pd.DataFrame({"kind": ["gaussian"], **dict.fromkeys(pulses.PARAMETERS, np.nan)})
    assert pulse_sets.twins(SPEC, unknown) is None


@pytest.mark.parametrize(
    "values", [(0.3, 0.30000000000000004), (0.0, 5e-324), (1e300, 1.0000000000000002e300), (-0.1, -0.09999999999999999), (2.0, 5.0)]
)
def test_bins_hold_numbers_however_close_they_are(values: tuple[float, float]) -> None:
    """numpy raises "Too many bins for data range" for the first."""
    frame = pd.DataFrame({"kind": ["square", "square"], "amplitude": values})
    counted = pulse_sets.histogram(frame, "amplitude", ["square"])
    assert counted["images"].sum() == 2 and counted["low"].min() <= min(values) and counted["high"].max() >= max(values)


def test_bins_are_numpys_where_they_are_wide() -> None:
    counted = pulse_sets.histogram(VALUES, "amplitude", PULSE_CLASSES)
    edges = np.histogram_bin_edges(VALUES["amplitude"], pulse_sets.BINS)
    assert sorted({*counted["low"], *counted["high"]}) == edges.tolist()
