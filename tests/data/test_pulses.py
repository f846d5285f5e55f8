"""Drawn pulses against their formulas, and the same bytes everywhere."""

import dataclasses
import hashlib

import numpy as np
import pytest

from core.data import pulse_shapes, pulses
from core.specs import PULSE_CLASSES, PulseSpec

ALL = PulseSpec(classes=PULSE_CLASSES)
EXTREME = PulseSpec(
    classes=PULSE_CLASSES, amplitude=(0, 1), square_width=(0.01, 1), gaussian_sd=(0.005, 0.5), frequency=(0.25, 50), drift=0.3, line=9
)


def height(spec: PulseSpec, row: dict[str, float], x: np.ndarray) -> np.ndarray:
    """Pen's middle in pixels above the lower edge at x in pixels, written from the formulas with numpy's own sin and exp."""
    size, line, kind = spec.size, spec.line, row["kind"]
    rise = row["amplitude"] * size
    base = line / 2 + row["y_offset"] * (size - line - rise)
    if kind in ("sinusoid", "sawtooth"):
        turns = row["frequency"] * x / size + row["phase"]
        return base + rise * ((1 + np.sin(2 * np.pi * turns)) / 2 if kind == "sinusoid" else turns % 1)
    width = row["square_width" if kind == "square" else "gaussian_sd"] * size
    reach = (width / 2 if kind == "square" else 2.5 * width) + line / 2
    centre = reach + row["x_offset"] * (size - 2 * reach)
    if kind == "square":
        return base + rise * (abs(x - centre) <= width / 2)
    return base + rise * np.exp(-((x - centre) ** 2) / (2 * width**2))


@pytest.mark.parametrize("line", [1, 2, 5])
@pytest.mark.parametrize("kind", PULSE_CLASSES)
def test_columns_against_the_formula(kind: str, line: int) -> None:
    """The ink of a column runs from the lowest to the highest place of the curve under the pen, found by dense sampling."""
    spec = PulseSpec(classes=(kind,), line=line)
    drawn = pulses.draw(spec, 24, seed=5)
    for image, row in zip(drawn.images, drawn.parameters.to_dict("records"), strict=True):
        for column in range(0, spec.size, 7):
            x = np.linspace(column + 0.5 - line / 2 + 1e-9, column + 0.5 + line / 2 - 1e-9, 2001)
            y = height(spec, row, x)
            ink = np.flatnonzero(image[:, column])
            assert len(ink) == ink[-1] - ink[0] + 1
            assert spec.size - (ink[-1] + 1) == pytest.approx(y.min() - line / 2, abs=0.5 + 0.3)
            assert spec.size - ink[0] == pytest.approx(y.max() + line / 2, abs=0.5 + 0.3)


@pytest.mark.parametrize("kind", PULSE_CLASSES)
def test_curve_against_the_formula(kind: str) -> None:
    spec = PulseSpec(classes=(kind,))
    x = np.linspace(0, 1, 997)
    for row in pulses.draw(spec, 10, seed=2).parameters.to_dict("records"):
        assert pulses.curve(spec, kind, row, x) * spec.size == pytest.approx(height(spec, row, x * spec.size), abs=1e-6)


def test_portable_sine_and_fall() -> None:
    x = np.linspace(-40, 40, 200_001)
    assert pulse_shapes.sine(x) == pytest.approx(np.sin(2 * np.pi * x), abs=1e-9)
    z = np.linspace(0, 600, 200_001)
    assert pulse_shapes.fall(z) == pytest.approx(np.exp(-z), rel=1e-9, abs=0)
    assert pulse_shapes.fall(np.array([1e9]))[0] < 1e-300


def test_same_bytes() -> None:
    """Stored sums of small sets: a change of platform, numpy or drawing shows here."""
    noisy = dataclasses.replace(EXTREME, pixel_noise=0.02, missing_columns=0.1)
    sums = {name: hashlib.sha256(pulses.draw(s, 400, 7).images.tobytes()).hexdigest() for name, s in [("all", ALL), ("noisy", noisy)]}
    assert sums == {
        "all": "cde1b9e18e03e4702c675ed2ef547a5ce61570da4c7481656fd91f681fa9a6eb",
        "noisy": "a4f683cf9ffdfe1aad200cad4561fb5d5f2c1313658d2640ee87231128296f17",
    }


def test_head_of_a_larger_set() -> None:
    spec = PulseSpec(pixel_noise=0.05, missing_columns=0.1, drift=0.1)
    small, large = pulses.draw(spec, 11, 3), pulses.draw(spec, 300, 3)
    assert np.array_equal(small.images, large.images[:11])
    assert small.parameters.equals(large.parameters[:11])
    assert not np.array_equal(small.images, pulses.draw(spec, 11, 4).images)


def test_some_of_a_set() -> None:
    spec = PulseSpec(pixel_noise=0.05, missing_columns=0.1, drift=0.1)
    rows = np.array([0, 7, 8, 250, 3])
    assert np.array_equal(pulses.draw_some(spec, 300, 3, rows), pulses.draw(spec, 300, 3).images[rows])
    assert pulses.draw_some(spec, 300, 3, np.array([], int)).shape == (0, 100, 100)


def test_balance_labels_and_one_hot() -> None:
    drawn = pulses.draw(ALL, 103, 0)
    assert sorted(np.bincount(drawn.labels)) == [25, 26, 26, 26]
    assert list(drawn.parameters.kind[:4]) == list(PULSE_CLASSES)
    assert pulses.one_hot(np.array([0, 1, 2], np.uint8), 3).tolist() == [[0, 0, 1], [0, 1, 0], [1, 0, 0]]


@pytest.mark.parametrize("size", [28, 100, 255, 256, 257, 500])
def test_whole_line_in_view(size: int) -> None:
    """Every column holds one unbroken line of at least the pen's width, whatever the parameters."""
    drawn = pulses.draw(dataclasses.replace(EXTREME, size=size), 80, 1)
    assert drawn.images.shape == (80, size, size)
    assert drawn.images.dtype == np.uint8
    assert set(np.unique(drawn.images)) == {0, 1}
    edges = np.abs(np.diff(np.pad(drawn.images.astype(np.int8), ((0, 0), (1, 1), (0, 0))), axis=1)).sum(axis=1)
    assert (edges == 2).all()
    assert (drawn.images.sum(axis=1) >= 9).all()


@pytest.mark.parametrize("line", [1, 2, 3, 8, 9])
def test_line_width(line: int) -> None:
    """A flat line is `line` rows high, a vertical flank `line` columns wide."""
    spec = PulseSpec(line=line)
    image = pulses.draw_one(spec, "square", {"amplitude": 0.5, "square_width": 0.3037, "x_offset": 0.4, "y_offset": 0.5})
    column = image.sum(axis=0)
    assert column[0] == line
    assert (column > 40).sum() == 2 * line


def test_noise_keeps_the_pulses() -> None:
    quiet, noisy = pulses.draw(PulseSpec(), 60, 3), pulses.draw(PulseSpec(pixel_noise=0.1), 60, 3)
    assert quiet.parameters.equals(noisy.parameters)
    assert (quiet.images != noisy.images).mean() == pytest.approx(0.1, abs=0.003)
    blank = pulses.draw(PulseSpec(missing_columns=0.25), 60, 3).images
    missing = blank.sum(axis=1) == 0
    assert missing.mean() == pytest.approx(0.25, abs=0.02)
    assert np.array_equal(blank, quiet.images * ~missing[:, None, :])


def test_render_and_draw_one_repeat_the_drawing() -> None:
    spec = dataclasses.replace(ALL, drift=0.2)
    drawn = pulses.draw(spec, 40, 9)
    assert np.array_equal(pulses.render(spec, drawn.labels, drawn.parameters), drawn.images)
    for i in (0, 1, 2, 3):
        row = drawn.parameters.iloc[i].drop("kind").dropna().to_dict()
        assert np.array_equal(pulses.draw_one(spec, drawn.parameters.kind[i], row), drawn.images[i])
    for kind in PULSE_CLASSES:
        index = spec.classes.index(kind)
        same = pulses.render(spec, np.array([index], np.uint8), drawn.parameters.iloc[:1][[]])
        assert np.array_equal(same[0], pulses.draw_one(spec, kind, pulses.middle(spec, kind)))


def test_place_gives_the_numbers_of_the_formula() -> None:
    spec = PulseSpec()
    parameters = {"amplitude": 0.4, "square_width": 0.2, "x_offset": 0.0, "y_offset": 0.0}
    assert pulses.place(spec, "square", parameters) == pytest.approx({"base": 1, "amplitude": 40, "x0": 11, "width": 20})
    wave = pulses.place(spec, "sinusoid", {"amplitude": 0.5, "frequency": 4, "phase": 0.25, "y_offset": 1.0, "drift": -0.1})
    assert wave == pytest.approx({"base": 1 + 10 + 38, "amplitude": 50, "frequency": 4, "phase": 0.25, "drift": -10})
