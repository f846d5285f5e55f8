"""Own pulses: drawn like the generator's where both can draw the same curve; CSV files good and bad."""

import numpy as np
import pytest

from core.data import own_pulse, pulses
from core.data.pulse_files import BadPulseFile
from core.specs import PulseSpec


@pytest.mark.parametrize(
    ("kind", "formula", "parameters"),
    [
        ("sinusoid", "0.5 + 0.4*sin(2*pi*3*t)", {"frequency": 3, "phase": 0, "amplitude": 0.8}),
        ("sawtooth", "0.2 + 0.6*sawtooth(4*t + 0.3)", {"frequency": 4, "phase": 0.3, "amplitude": 0.6}),
        ("square", "0.3 + 0.4*box((t - 0.5)/0.2)", {"square_width": 0.2, "x_offset": 0.5, "amplitude": 0.4}),
        ("gaussian", "0.25 + 0.5*gauss(t - 0.5, 0.08)", {"gaussian_sd": 0.08, "x_offset": 0.5, "amplitude": 0.5}),
    ],
)
def test_formula_draws_the_generator_s_pulse(kind: str, formula: str, parameters: dict[str, float]) -> None:
    spec = PulseSpec()
    wanted = pulses.draw_one(spec, kind, {**parameters, "y_offset": 0.5})
    drawn = own_pulse.draw(own_pulse.from_formula(formula, spec.size), spec.size, spec.line)
    assert (wanted != drawn).sum() <= 0.02 * wanted.sum()


def test_draw_few_and_many_samples() -> None:
    """Straight lines between few samples; of many, none is skipped."""
    image = own_pulse.draw(np.array([0.0, 1.0]), 50, 1)
    assert (image.sum(axis=0) >= 1).all() and image[:, 0].argmax() >= 48 and image[:, -1].argmax() <= 1
    spike = np.full(20_000, 0.5)
    spike[7_003] = 0.9
    column = own_pulse.draw(spike, 50, 1)[:, 17]
    assert column.sum() == 21 and column[4:25].all()


def test_what_leaves_the_screen_is_cut() -> None:
    image = own_pulse.draw(np.array([-1.0, 2.0]), 60, 2)
    assert image.shape == (60, 60)
    assert image[:, 0].sum() == 0 and image[:, 59].sum() == 0 and image[:, 30].sum() > 0


def test_fit() -> None:
    assert own_pulse.fit(np.array([-5.0, 0.0, 15.0])) == pytest.approx([0.1, 0.3, 0.9])
    assert own_pulse.fit(np.array([7.0, 7.0])).tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"1\n2\n3\n", [1, 2, 3]),
        (b"y\n1\n2\n", [1, 2]),
        (b"\xef\xbb\xbf# scope\nvolt\r\n1e-3\r\n\r\n2.5\r\n", [0.001, 2.5]),
        (b"1\r2\r", [1, 2]),
    ],
)
def test_csv_of_heights(data: bytes, wanted: list[float]) -> None:
    assert own_pulse.from_csv(data).tolist() == wanted


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_of_x_and_y(mark: str) -> None:
    """Uneven x is made even: the middle sample stands at a quarter of the way."""
    heights = own_pulse.from_csv(f"x{mark}y\n0{mark}0\n1{mark}8\n4{mark}2\n".encode())
    assert np.interp(0.25, np.linspace(0, 1, len(heights)), heights) == pytest.approx(8, abs=0.01)
    assert heights[0] == 0 and heights[-1] == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "fewer than two"),
        (b"only words\n", "fewer than two"),
        (b"1\n", "fewer than two"),
        (b"1\ntwo\n3\n", "Line 2"),
        (b"1\nnan\n", "Line 2"),
        (b"1\ninf\n", "Line 2"),
        (b"1\n1e300\n", "Line 2"),
        (b"1,2,3\n4,5,6\n", "3 numbers"),
        (b"1,2\n3\n", "1 numbers"),
        (b"0,1\n2,1\n1,1\n", "x must rise"),
        (b"\xff\xfe1\x00", "not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not text"),
        (b"1\x00\n2\n", "not text"),
        (b"1\n" * 100_002, "more than 100,000"),
        (b"1" * 2_000_001, "2,000,001 bytes"),
        (b'"1\n2\n', "fewer than two"),
        (b"9" * 200_000 + b"\n1\n2\n3", "Line"),
    ],
)
def test_bad_csv_gets_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(BadPulseFile) as caught:
        own_pulse.from_csv(data)
    assert words in str(caught.value) and str(caught.value).endswith(".")
