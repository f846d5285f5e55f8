"""Numbers in one style, for pictures and for the sentences beside them: three significant digits, a true minus, no zero with a sign."""

import json
import math
from collections.abc import Sequence

MINUS = "\u2212"
# The same style inside a chart, where d3 writes the numbers: three significant digits, more digits, shares, counts.
THREE, SIX, PERCENT, FINE_PERCENT, COUNT = ",.3~r", ",.6~r", ".1%", ".2%", ","


def number(value: float, digits: int = 3) -> str:
    """A value to so many significant digits: "0.0123", "−1.5", "12,300"; tiny ones as "1.2e−10"."""
    value = float(value)
    if not math.isfinite(value):
        return "none" if math.isnan(value) else f"{_sign(value)}infinite"
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if size < -9:
        mantissa, _, power = f"{abs(value):.{digits - 1}e}".partition("e")
        return f"{_sign(value)}{_trimmed(mantissa)}e{MINUS}{-int(power)}"
    rounded = round(abs(value), digits - 1 - size)
    places = max(0, digits - 1 - (math.floor(math.log10(rounded)) if rounded else 0))
    return _sign(value) + _trimmed(f"{rounded:,.{places}f}")


def signed(value: float, digits: int = 3) -> str:
    """`number` with its sign, "+0.5" or "−0.5"; zero has none."""
    return f"+{number(value, digits)}" if value > 0 else number(value, digits)


def fixed(value: float, decimals: int, sign: bool = False) -> str:
    """A value to so many decimals, for columns of numbers: "0.5000", "−0.5000", and never "−0.0000"."""
    text = f"{abs(float(value)):,.{decimals}f}"
    zero = not any(digit in text for digit in "123456789")
    return ("" if zero else MINUS if value < 0 else "+" if sign else "") + text


def percent(share: float, decimals: int = 1) -> str:
    """A share of 1 as "98.9%"."""
    return f"{fixed(100 * share, decimals)}%" if math.isfinite(share) else "none"


def probability(share: float) -> str:
    """A share that is never rounded to what it is not: "<0.1%", "98.9%", ">99.9%"."""
    return "0%" if share == 0 else "100%" if share == 1 else "<0.1%" if share < 0.001 else ">99.9%" if share > 0.999 else percent(share)


def count(value: float) -> str:
    """A whole number with commas for thousands."""
    return f"{round(value):,}".replace("-", MINUS)


def exact(value: float) -> str:
    """Every digit that a float32 needs to be read back the same, with an ordinary minus so that it can be copied."""
    return repr(float(value))


def span(low: float, high: float) -> str:
    """A range in words: "−0.5 to 0.5"."""
    return f"{number(low)} to {number(high)}"


def _sign(value: float) -> str:
    return MINUS if value < 0 else ""


def _trimmed(text: str) -> str:
    """Without zeros at the end of its decimals."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def called(index: str, names: Sequence[str] = ()) -> str:
    """In a chart, what people call a thing with this index, a Vega expression: its name, else its number counted from 1."""
    return f"{json.dumps(list(names))}[{index}]" if names else f"{index} + 1"
