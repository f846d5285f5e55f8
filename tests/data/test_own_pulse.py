"""Own pulses: drawn like the generator's where both can draw the same curve."""

import numpy as np
import pytest

from core.data import own_pulse, pulses
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
