"""Numbers in one style: worked out by hand, and the same as Python's own rounding to three significant digits."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.charts import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (0.5, "0.5"),
        (-0.5, "−0.5"),
        (0.0123456, "0.0123"),
        (-1.234e-5, "−0.0000123"),
        (0.9996, "1"),
        (99.96, "100"),
        (1234.5, "1,230"),
        (12_345_678, "12,300,000"),
        (1.2e-12, "1.2e−12"),
        (math.nan, "none"),
        (-math.inf, "−infinite"),
    ],
)
def test_three_significant_digits(value, text):
    assert numbers.number(value) == text


@given(st.floats(min_value=-1e6, max_value=1e6, allow_nan=False))
def test_a_number_can_be_read_back(value):
    text = numbers.number(value)
    assert "-" not in text
    back = float(text.replace(numbers.MINUS, "-").replace(",", ""))
    assert back == pytest.approx(float(f"{value:.3g}"), rel=1e-9, abs=1e-300) or back == pytest.approx(value, rel=0.005)


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (numbers.percent(0.9894), "98.9%"),
        (numbers.percent(-0.012, 2), "−1.20%"),
        (numbers.percent(math.nan), "none"),
        (numbers.probability(0), "0%"),
        (numbers.probability(0.0004), "<0.1%"),
        (numbers.probability(0.9996), ">99.9%"),
        (numbers.probability(1), "100%"),
        (numbers.fixed(-0.00001, 4), "0.0000"),
        (numbers.fixed(-1.5, 2), "−1.50"),
        (numbers.fixed(1.5, 2, sign=True), "+1.50"),
        (numbers.signed(0.25), "+0.25"),
        (numbers.signed(-0.25), "−0.25"),
        (numbers.signed(0), "0"),
        (numbers.count(54_000), "54,000"),
        (numbers.exact(0.1), "0.1"),
        (numbers.span(-0.5, 0.5), "−0.5 to 0.5"),
    ],
)
def test_other_forms(made, text):
    assert made == text
