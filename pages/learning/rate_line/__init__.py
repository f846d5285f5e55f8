"""The loss along the gradient, a rate at each place, with a mark that is dragged in the browser; at rest it tells its rate."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import streamlit as st

from core.charts.theme import Theme
from core.frame.browser_part import browser_part
from core.serving import seen

_component = browser_part("kernel_explorer_rate_line", __file__, fetches=True)


@dataclass(frozen=True)
class Curve:
    """The loss of some images along the line."""

    name: str
    now: float  # where they stand, at a rate of 0
    losses: list[float]  # one a rate


def rate_line(
    key: str,
    rates: Sequence[float],
    curves: Sequence[Curve],
    verdicts: Sequence[str],
    rate: float,
    kernel: np.ndarray,
    gradient: np.ndarray,
    theme: Theme,
    *,
    shape: Sequence[int],
    limit: float,
    name: str,
    on_rest: Callable[[float], None],
) -> None:
    """Show the line.

    Args:
        rates: rising; `rate` is one of them.
        curves: the first is that of the images whose gradient this is.
        verdicts: what each rate is, "too small", "right" or "too large".
        kernel, gradient: (n,) of one unit, drawn with the step of the mark's rate taken.
        shape: of its picture: (height, width) or (height, width, 3).
        limit: where the kernel's colours are full.
        name: of the unit.
        on_rest: gets the rate where the mark was left, before the rerun.
    """

    def packed(numbers: np.ndarray, kind: str = "<f4") -> str:
        return base64.b64encode(np.ascontiguousarray(numbers, dtype=kind).tobytes()).decode()

    def report() -> None:
        told = st.session_state[key].get("rate")
        if told is not None:
            on_rest(min(max(float(told), rates[0]), rates[-1]))

    told = {
        "rates": list(rates),
        "curves": [asdict(curve) for curve in curves],
        "verdicts": list(verdicts),
        "kernel": packed(kernel),
        "gradient": packed(gradient),
        "palette": packed(theme.signed_palette, "u1"),
    }
    _component(
        key=key,
        data={
            "told": seen.told(told),
            "rate": rate,
            "height": shape[0],
            "width": shape[1],
            "channels": shape[2] if len(shape) == 3 else 1,
            "limit": limit or 1.0,
            "name": name,
            "colours": {
                "lines": list(theme.lines[:2]),
                "mark": theme.mark,
                "grid": theme.grid,
                "muted": theme.muted,
                "right": theme.right,
                "wrong": theme.wrong,
            },
        },
        on_rate_change=report,
    )
