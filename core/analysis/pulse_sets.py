"""What a set of pulses is made of: how many of each class, how their parameters spread, which of them fit a choice."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.data import pulses
from core.data.pulses import MEANINGS
from core.specs import PulseSpec

BINS = 24


def balance(frame: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """One row a class: kind, images, share (0-1)."""
    counts = [int((frame["kind"] == kind).sum()) for kind in classes]
    total = max(sum(counts), 1)
    return pd.DataFrame({"kind": list(classes), "images": counts, "share": [count / total for count in counts]})


def shown(frame: pd.DataFrame, size: int) -> pd.DataFrame:
    """The parameters in the units they are shown in."""
    return frame.assign(**{name: frame[name] * meaning.factor(size) for name, meaning in MEANINGS.items() if name in frame})


def spread(values: pd.DataFrame) -> list[str]:
    """The parameters that vary in the set, in their usual order."""
    return [name for name in MEANINGS if name in values and values[name].nunique(dropna=True) > 1]


def histogram(values: pd.DataFrame, name: str, classes: Sequence[str]) -> pd.DataFrame:
    """Counts of one parameter, classes stacked: kind, low, high (edges of the bin), start, end (of the stack), images."""
    known = values[name].to_numpy(np.float64)
    edges = _edges(known[~np.isnan(known)])
    floor = np.zeros(BINS)
    parts = []
    for kind in classes:
        chosen = known[(values["kind"] == kind).to_numpy() & ~np.isnan(known)]
        counts = np.histogram(chosen, edges)[0]
        if counts.any():
            columns = {"kind": kind, "low": edges[:-1], "high": edges[1:], "start": floor, "end": floor + counts, "images": counts}
            parts.append(pd.DataFrame(columns))
        floor = floor + counts
    return pd.concat(parts, ignore_index=True)


def _edges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(BINS + 1,) edges over all values; where these lie too close together for so many floats between them, around them."""
    low, high = float(values.min()), float(values.max())
    wide = max(abs(low), abs(high)) * BINS * 4 * np.finfo(np.float64).eps
    return np.linspace(low, high, BINS + 1) if high - low > wide else np.linspace(low - wide, high + wide, BINS + 1)


def fitting(values: pd.DataFrame, kinds: Collection[str], ranges: Mapping[str, tuple[float, float]]) -> NDArray[np.int64]:
    """Rows of the chosen kinds whose parameters lie in all ranges; a pulse without a parameter does not lie in its range."""
    keep: NDArray[np.bool_] = values["kind"].isin(list(kinds)).to_numpy()
    for name, (low, high) in ranges.items():
        keep = keep & values[name].between(low, high).to_numpy()  # false for NaN
    return np.flatnonzero(keep)


@dataclass(frozen=True)
class Twins:
    """A gaussian and the square that resembles it most."""

    gaussian: dict[str, float]
    square: dict[str, float]
    pictures: NDArray[np.uint8]  # (2, H, W): gaussian, square
    different: int  # pixels


def twins(spec: PulseSpec, frame: pd.DataFrame) -> Twins | None:
    """Of the four smallest gaussians of a set the one that a square comes closest to, and that square; None without a gaussian."""
    found = frame[(frame["kind"] == "gaussian") & frame[list(pulses.used("gaussian"))].notna().all(axis=1)]
    smallest = (found["amplitude"] * found["gaussian_sd"]).sort_values(kind="stable").index[:4]
    pairs = [_nearest_square(spec, {name: float(found.at[row, name]) for name in pulses.used("gaussian")}) for row in smallest]
    return min(pairs, key=lambda pair: pair.different, default=None)


def _nearest_square(spec: PulseSpec, gaussian: dict[str, float]) -> Twins:
    """The square that differs from the gaussian in the fewest pixels, of those with its centre and base line; neither drifts."""
    gaussian = gaussian | {"drift": 0.0}
    target = pulses.draw_one(spec, "gaussian", gaussian)
    at = pulses.place(spec, "gaussian", gaussian)
    widths, heights = np.meshgrid(gaussian["gaussian_sd"] * np.linspace(1, 4, 17), gaussian["amplitude"] * np.linspace(0.6, 1, 6))
    reach = widths.ravel() / 2 + spec.line / (2 * spec.size)
    rise = heights.ravel() * spec.size
    table = pd.DataFrame(
        {
            "square_width": widths.ravel(),
            "amplitude": heights.ravel(),
            "x_offset": (at["x0"] / spec.size - reach) / np.maximum(1 - 2 * reach, 1e-9),
            "y_offset": (at["base"] - spec.line / 2) / np.maximum(spec.size - spec.line - rise, 1e-9),
            "drift": 0.0,
        }
    )
    one = PulseSpec(size=spec.size, line=spec.line, classes=("square",))
    pictures = pulses.render(one, np.zeros(len(table), np.uint8), table)
    different = (pictures != target).sum(axis=(1, 2))
    best = int(different.argmin())
    square = {str(name): float(value) for name, value in table.iloc[best].items()}
    return Twins(gaussian, square, np.stack([target, pictures[best]]), int(different[best]))
