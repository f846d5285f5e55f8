"""Makers' layouts: the known curves come back, with names, units and the sample interval."""

import numpy as np
import pytest

from core.data.scope.file import read
from tests.data.scope_layouts import LAYOUTS, curve, other


@pytest.mark.parametrize("count", [400, 24, 5_000])
@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_is_understood(name: str, count: int) -> None:
    case = LAYOUTS[name](count)
    (reading,) = read(case.data)
    assert tuple(channel.name for channel in reading.channels) == case.names, reading
    factor = 1e3 if case.unit == "mV" else 1.0
    for channel, wanted in zip(reading.channels, (curve(count) * factor, other(count) * factor * case.second), strict=False):
        assert channel.heights == pytest.approx(wanted, abs=2e-6 * factor * case.second)
        assert (channel.count, channel.axis.words) == (count, case.apart)
        assert channel.sentence.startswith(f"{count:,} samples, {case.apart}, ")
    assert reading.channels[0].unit == case.unit
    notes = [*reading.notes, *reading.channels[0].notes]
    assert all(any(wanted in note for note in notes) for wanted in case.notes) and not any("skipped" in note for note in notes)
    assert np.isfinite(reading.channels[0].heights).all()
