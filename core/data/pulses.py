"""Pulses drawn on a small one-bit screen: square, gaussian, sinusoid and saw-tooth.

The pen is a square of `line` x `line` pixels moved along the curve, so a flat line is exactly `line` rows high, a vertical flank
exactly `line` columns wide, and steep flanks never break. Gaussian means exp(-(x - x0)^2 / (2 sd^2)).

Same spec, same seed, same bytes: random bits come raw from PCG64 (a stream numpy promises to keep), everything after them is IEEE
arithmetic without the C library (so not on a machine that rounds doubles otherwise, such as the old x87 unit). Image i depends on
the spec, the seed and i alone, so a smaller set is the head of a larger one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.data import pulse_shapes
from core.specs import PULSE_CLASSES, PulseSpec, meta

Image = NDArray[np.uint8]

WIDTH = {"square": "square_width", "gaussian": "gaussian_sd"}  # kinds that sit somewhere, and the field that says how wide
WAVES = ("sinusoid", "sawtooth")
PARAMETERS = ("amplitude", "square_width", "gaussian_sd", "frequency", "phase", "x_offset", "y_offset", "drift")


@dataclass(frozen=True)
class Meaning:
    """What a parameter of a single pulse is: its field of PulseSpec, in the unit that the screen gives it."""

    title: str  # within a sentence
    unit: str  # of the shown number
    least: float  # as stored: a share, or what the unit says
    most: float

    def factor(self, size: int) -> float:
        """What a stored number is multiplied by to be shown in the unit."""
        return float(size) if self.unit == "px" else 100.0 if self.unit.startswith("%") else 1.0


_WIDEST = {"gaussian_sd": 0.3, "frequency": 25.0}  # of a single pulse: beyond them a screen shows nothing new


def _meaning(name: str) -> Meaning:
    known = meta(PulseSpec, name)
    unit = "px" if known.unit == "of the side" else f"% {known.unit}" if known.share else known.unit
    least = -known.most if name == "drift" else known.least  # one pulse rises or falls
    return Meaning(known.inline, unit, float(least), float(_WIDEST.get(name, known.most)))


MEANINGS = {name: _meaning(name) for name in PARAMETERS}
FORMULAS = {
    "square": "y = base + amplitude where |x - x0| <= width / 2, else base",
    "gaussian": "y = base + amplitude * exp(-(x - x0)^2 / (2 sd^2))",
    "sinusoid": "y = base + amplitude * (1 + sin(2 pi (frequency * x + phase))) / 2",
    "sawtooth": "y = base + amplitude * (frequency * x + phase - floor(frequency * x + phase))",
}


@dataclass(frozen=True)
class Pulses:
    """A set of drawn pulses."""

    images: Image  # (N, H, W), 1 is ink
    labels: NDArray[np.uint8]  # (N,), index into the spec's classes
    parameters: pd.DataFrame  # N rows: kind and PARAMETERS; NaN where a shape has no such parameter


def used(kind: str) -> tuple[str, ...]:
    """The parameters that shape a pulse of this kind, in PARAMETERS' order."""
    own = ("frequency", "phase") if kind in WAVES else (WIDTH[kind], "x_offset")
    return tuple(name for name in PARAMETERS if name in (*own, "amplitude", "y_offset", "drift"))


def middle(spec: PulseSpec, kind: str) -> dict[str, float]:
    """The middle of each range that this kind uses; no drift."""
    return {name: 0.0 if name == "drift" else sum(getattr(spec, name)) / 2 for name in used(kind)}


def one_hot(labels: NDArray[np.uint8], classes: int) -> NDArray[np.float32]:
    """(N, classes) targets in the study's order, last class first: of three, label 0 is 001, 1 is 010, 2 is 100."""
    out = np.zeros((len(labels), classes), np.float32)
    out[np.arange(len(labels)), classes - 1 - labels.astype(np.int64)] = 1.0
    return out


def draw(spec: PulseSpec, count: int, seed: int) -> Pulses:
    """`count` pulses; classes take turns in the spec's order, so each has the same number of images, give or take one."""
    labels, frame = plan(spec, count, seed)
    images = render(spec, labels, frame)
    disturb(images, spec, seed)
    return Pulses(images, labels, frame)


def plan(spec: PulseSpec, count: int, seed: int) -> tuple[NDArray[np.uint8], pd.DataFrame]:
    """Labels (N,) and parameters (N rows) of the set that `draw` draws, without its images."""
    labels = (np.arange(count) % len(spec.classes)).astype(np.uint8)
    shares = _uniform(seed, 0, count * len(PARAMETERS)).reshape(count, len(PARAMETERS))
    kinds = np.array(spec.classes)[labels]
    columns: dict[str, Any] = {"kind": kinds}
    for i, name in enumerate(PARAMETERS):
        low, high = (-spec.drift, spec.drift) if name == "drift" else getattr(spec, name)
        values = low + (high - low) * shares[:, i]
        values[~np.isin(kinds, [kind for kind in PULSE_CLASSES if name in used(kind)])] = np.nan
        columns[name] = values
    return labels, pd.DataFrame(columns)


def draw_some(spec: PulseSpec, count: int, seed: int, rows: NDArray[np.int64]) -> Image:
    """Images (len(rows), H, W) of some rows of the set that `draw` draws, the noise of each included."""
    labels, frame = plan(spec, count, seed)
    images = render(spec, labels[rows], frame.iloc[rows])
    for image, row in zip(images, rows, strict=True):
        disturb(image[None], spec, seed, first=int(row))
    return images


def render(spec: PulseSpec, labels: NDArray[np.uint8], parameters: pd.DataFrame) -> Image:
    """Images (N, H, W) of the given parameters, one a row, without noise; a missing value is the middle of its range."""
    images = np.zeros((len(labels), spec.size, spec.size), np.uint8)
    edges = _edges(spec)
    columns = {name: parameters[name].to_numpy(np.float64) if name in parameters else None for name in PARAMETERS}
    for index, kind in enumerate(spec.classes):
        rows = np.flatnonzero(np.asarray(labels) == index)
        for start in range(0, len(rows), 256):  # small enough to stay in the processor's cache
            part = rows[start : start + 256]
            chosen = {name: None if values is None else values[part] for name, values in columns.items()}
            images[part] = _paint(spec, kind, _filled(spec, kind, chosen, len(part)), edges)
    return images


def draw_one(spec: PulseSpec, kind: str, parameters: Mapping[str, float]) -> Image:
    """One image (H, W), without noise; what is not given is the middle of its range."""
    return _paint(spec, kind, _single(spec, kind, parameters), _edges(spec))[0]


def curve(spec: PulseSpec, kind: str, parameters: Mapping[str, float], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Height of the pen's middle at `x`; both as shares of the side, x from the left and y upwards."""
    a, b, rise, bottom, slope = (v[0] for v in _geometry(spec, kind, _single(spec, kind, parameters)))  # (1,) each
    x = np.asarray(x, np.float64)
    pixels = bottom + spec.line / 2 + rise * pulse_shapes.height(kind, x, a, b) + slope * x
    return pixels / spec.size


def place(spec: PulseSpec, kind: str, parameters: Mapping[str, float]) -> dict[str, float]:
    """The numbers in the formula: in pixels, but frequency in cycles per image width and phase in cycles."""
    a, b, rise, bottom, slope = (float(v[0, 0]) for v in _geometry(spec, kind, _single(spec, kind, parameters)))
    out = {"base": bottom + spec.line / 2, "amplitude": rise}
    if kind == "square":
        out |= {"x0": (a + b) / 2 * spec.size, "width": (b - a) * spec.size}
    elif kind == "gaussian":
        out |= {"x0": a * spec.size, "sd": b * spec.size}
    else:
        out |= {"frequency": a, "phase": b}
    return out | ({"drift": slope} if slope else {})


def disturb(images: Image, spec: PulseSpec, seed: int, first: int = 0) -> None:
    """Blank columns, then flip pixels, in place and as often as the spec says; the pulses under them stay the same.

    Args:
        first: where in its set the first image (of consecutive ones) stands.
    """
    count, size, _ = images.shape
    if spec.missing_columns:
        blank = _uniform(seed, 1, count * size, first * size).reshape(count, 1, size) < spec.missing_columns
        images *= ~blank
    if spec.pixel_noise:
        limit = round(spec.pixel_noise * 65_536)
        words = -(-size * size // 4)  # four 16-bit numbers from each 64-bit word
        bits = _raw(seed, 2, first * words)
        for image in images:
            numbers = bits.random_raw(words).astype("<u8").view("<u2")[: size * size]
            image ^= (numbers < limit).reshape(size, size)


def _raw(seed: int, stream: int, skip: int = 0) -> np.random.PCG64:
    bits = np.random.PCG64(np.random.SeedSequence([seed, stream]))
    return bits.advance(skip) if skip else bits


def _uniform(seed: int, stream: int, count: int, skip: int = 0) -> NDArray[np.float64]:
    """(count,) numbers in [0, 1), a multiple of 2^-53 each."""
    words: NDArray[np.uint64] = np.asarray(_raw(seed, stream, skip).random_raw(count), np.uint64)
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _edges(spec: PulseSpec) -> NDArray[np.float64]:
    """(W + line,) left edges of the pen over each column, then right ones, as shares of the width."""
    return (np.arange(spec.size + spec.line) + 0.5 - spec.line / 2) / spec.size


def _single(spec: PulseSpec, kind: str, parameters: Mapping[str, float]) -> dict[str, NDArray[np.float64]]:
    given = {name: np.array([float(parameters[name])]) if name in parameters else None for name in PARAMETERS}
    return _filled(spec, kind, given, 1)


def _filled(spec: PulseSpec, kind: str, given: Mapping[str, NDArray[np.float64] | None], count: int) -> dict[str, NDArray[np.float64]]:
    """(N, 1) values of the parameters this kind uses; a missing one takes the middle of its range."""
    out = {}
    for name, usual in middle(spec, kind).items():
        values = given[name]
        full = np.full(count, usual) if values is None else np.where(np.isnan(values), usual, values)
        out[name] = full[:, None]
    return out


def _geometry(spec: PulseSpec, kind: str, p: Mapping[str, NDArray[np.float64]]) -> tuple[NDArray[np.float64], ...]:
    """(N, 1) each: shape's a and b (see pulse_shapes.height), rise, lower edge of the pen and slope in pixels; all kept in view."""
    size, line = float(spec.size), float(spec.line)
    slope = p["drift"] * size
    room = np.maximum(size - line - np.abs(slope), 0.0)
    rise = np.minimum(p["amplitude"] * size, room)
    bottom = p["y_offset"] * (room - rise) + np.maximum(-slope, 0.0)
    if kind in WAVES:
        return p["frequency"], p["phase"], rise, bottom, slope
    width = p[WIDTH[kind]]
    half = width / 2 if kind == "square" else pulse_shapes.gaussian_reach(width)
    reach = half + line / (2 * size)
    centre = np.where(reach < 0.5, reach + p["x_offset"] * (1 - 2 * reach), 0.5)
    return (centre - half, centre + half, rise, bottom, slope) if kind == "square" else (centre, width, rise, bottom, slope)


def _paint(spec: PulseSpec, kind: str, p: Mapping[str, NDArray[np.float64]], edges: NDArray[np.float64]) -> Image:
    """(N, H, W) images of one kind."""
    a, b, rise, bottom, slope = _geometry(spec, kind, p)
    low, high = pulse_shapes.spans(kind, edges, spec.line, a, b)  # (N, W) each
    base = bottom + slope * ((np.arange(spec.size) + 0.5) / spec.size)[None, :] + 0.5
    first: NDArray[np.float64] = np.floor(base + rise * low)  # lowest row of ink, counted from below
    last: NDArray[np.float64] = np.floor(base + rise * high) + spec.line  # one above the highest
    whole = np.uint8 if spec.size <= 255 else np.uint16
    top = (spec.size - last).astype(whole)
    count = (last - first).astype(whole)
    rows: NDArray[Any] = np.arange(spec.size, dtype=whole)[None, :, None]
    down = rows - top[:, None, :]  # (N, H, W); wraps to a large number above the ink
    return (down < count[:, None, :]).view(np.uint8)
