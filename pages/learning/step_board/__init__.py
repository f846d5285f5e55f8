"""A step of one layer for one image, a row a unit: numbers as bars, its gradient, its kernel and the kernel after the step.

The gradient is multiplied and the step subtracted in the browser, from the same numbers that stand beside the pictures.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import streamlit as st

from core.charts.theme import Theme
from core.frame.browser_part import browser_part
from core.serving import seen

_component = browser_part("kernel_explorer_step_board", __file__, fetches=True)


@dataclass(frozen=True)
class Column:
    """Numbers of the units as bars."""

    title: str
    values: list[float]  # one a row
    texts: list[str]
    reach: float  # the value of a full bar
    signed: bool = True  # from the middle, orange and blue; else from the left
    after: list[float] | None = None  # where a tick stands


def step_board(
    key: str,
    inputs: np.ndarray,
    errors: np.ndarray,
    kernel: np.ndarray,
    rate: float,
    columns: Sequence[Column],
    names: Sequence[str],
    units: Sequence[int],
    image: tuple[str, int],
    theme: Theme,
    *,
    shape: Sequence[int],
    limits: tuple[float, float],
    own: int | None,
    picked: tuple[int, int],
    on_pick: Callable[[int, int], None],
    private: bool = False,
) -> None:
    """Show a step; a click on a cell of a gradient calls `on_pick` with its unit and its input before the rerun.

    Args:
        inputs: (n,) what the layer sees.
        errors: (rows,) of the units shown.
        kernel: (n, rows) their weights.
        names, units: of the rows.
        image: picture and CSS pixels across of what went into the network.
        shape: of the pictures: (height, width) or (height, width, 3).
        limits: where the colours of gradients and of kernels are full.
        own: the unit of the image's own class, whose row is marked.
        picked: unit and input of the cell that is framed.
        private: whether the image is this person's own, which is of no use to others.
    """

    def packed(numbers: np.ndarray, kind: str = "<f4") -> str:
        return base64.b64encode(np.ascontiguousarray(numbers, dtype=kind).tobytes()).decode()

    def report() -> None:
        told = st.session_state[key].get("picked")
        if told:
            on_pick(*(int(part) for part in str(told).split("-")))

    numbers = {"inputs": packed(inputs), "errors": packed(errors), "kernel": packed(kernel.T)}
    _component(
        key=key,
        data={
            "told": numbers if private else seen.told(numbers),
            "image": image[0],
            "across": image[1],
            "palette": packed(theme.signed_palette, "u1"),
            "rate": rate,
            "columns": [asdict(column) for column in columns],
            "names": list(names),
            "units": [int(unit) for unit in units],
            "height": shape[0],
            "width": shape[1],
            "channels": shape[2] if len(shape) == 3 else 1,
            "limits": {"gradient": limits[0] or 1.0, "kernel": limits[1] or 1.0},
            "own": own,
            "picked": list(picked),
            "colours": {"up": theme.up, "down": theme.down, "amount": theme.solid, "mark": theme.mark},
        },
        on_picked_change=report,
    )
