"""Where samples stand: a column of times that may be rounded, uneven or begin again; and the even curve through them."""

from dataclasses import dataclass

import numpy as np

from core.data.pulse_files import BadPulseFile
from core.data.scope.header import seconds
from core.data.scope.numbers import Floats

LEAST_EVEN = 8_192  # even steps that uneven samples are read off at, so that no corner is lost
MOST_EVEN = 100_000
RISES = 0.75  # share of the steps that a first column without a name rises by, to be x
AT_START = 0.1  # share of the range: a record that begins again begins here
_PREFIXES = {1.0: "s", 1e-3: "ms", 1e-6: "us", 1e-9: "ns", 1e-12: "ps"}


@dataclass(frozen=True)
class Axis:
    """How the samples stand."""

    words: str  # "1 us apart"
    step: float | None  # of even samples; s where the unit is of time
    notes: tuple[str, ...] = ()


def time(value: float) -> str:
    """A time in s in words: 1 us."""
    factor = next((factor for factor in _PREFIXES if abs(value) >= 0.9999 * factor), 1e-12)
    return f"{value / factor:.4g} {_PREFIXES[factor]}"


def rises(x: Floats) -> bool:
    """Whether a column rises often enough to be meant as x."""
    known = x[np.isfinite(x)]
    return len(known) > 1 and float((np.diff(known) > 0).mean()) >= RISES


def first_record(x: Floats) -> int:
    """How many samples there are before x begins again; all of them where it never does.

    Raises:
        BadPulseFile: x falls elsewhere.
    """
    falls = np.flatnonzero(np.diff(x) < 0)
    if not len(falls):
        return len(x)
    range_ = float(x.max() - x.min())
    if len(falls) * 4 <= len(x) and (x[falls + 1] - x[0] <= AT_START * range_).all() and (x[falls] - x[0] >= 0.5 * range_).all():
        return int(falls[0]) + 1
    at = falls[0]
    raise BadPulseFile(f"x must rise from line to line, but {x[at + 1]:g} follows {x[at]:g}; sort the lines by x.")


def axis_of(x: Floats, unit: str, named_time: bool, interval: float | None) -> Axis:
    """What a column says about places.

    Args:
        x: never falls; at least two.
        unit: of the column, "" where it is not said.
        named_time: whether it is called time, which is in s where nothing else is said.
        interval: s between two samples where the header says it, for a column that only counts.
    """
    steps = np.diff(x)
    whole = float(x[-1] - x[0])
    if whole <= 0:
        raise BadPulseFile(f"x is {x[0]:g} in every line; give each sample a place of its own, or leave x out.")
    step = whole / (len(x) - 1)
    factor = seconds(unit)
    if factor is None and named_time:
        factor = 1.0
    if interval is not None and (steps == 1).all() and not named_time:
        return Axis(f"{time(interval)} apart", interval)
    if factor is None and interval is not None and abs(step - interval) < 0.01 * interval:
        factor = 1.0  # the header says that the steps are these seconds
    smallest = float(steps[steps > 0].min())
    off = np.abs(x - (x[0] + step * np.arange(len(x)))).max()
    ties = bool((steps <= 0).any())
    even = off <= 0.02 * step or (ties and off <= 1.5 * smallest)
    if not even:
        return Axis(f"unevenly spaced over {time(whole * factor) if factor else f'{whole:.4g}'}", None)
    notes = ("Some times stand twice, rounded or paired; the samples are taken as evenly spaced.",) if ties else ()
    return Axis(f"{time(step * factor) if factor else f'{step:.4g}'} apart", step * (factor or 1.0), notes)


def evenly(x: Floats, y: Floats) -> tuple[Floats, bool]:
    """The curve through uneven samples at even steps, and whether it holds each value until the next, as a logic channel does."""
    even = np.linspace(x[0], x[-1], min(max(4 * len(x), LEAST_EVEN), MOST_EVEN))
    if len(x) > 2 and np.isin(y, (0.0, 1.0)).all():
        return y[np.searchsorted(x, even, side="right") - 1], True
    return np.interp(even, x, y), False
