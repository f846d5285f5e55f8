"""A large matrix as a picture that the browser orders and draws: it gets a state's weights once, and a click needs no answer."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.charts.grid import Grid
from core.charts.matrix_parts import fitting
from core.charts.theme import Theme
from core.frame.browser_part import browser_part

_component = browser_part("kernel_explorer_map", __file__)


@dataclass(frozen=True)
class View:
    """What the map shows and how it is ordered: the choices of the page."""

    state: int
    sort: str  # a key of SORTS in core/charts/client_order.py
    move: str  # a key of MOVES there
    falling: bool
    held: int  # the state whose weights give the order; -1 for the one shown
    by: str  # the pick as links say it, "none" without


@dataclass(frozen=True)
class Source:
    """Where the browser finds the weights (`packed`) of a layer's states."""

    name: str  # of network and layer: with another one the map starts anew
    states: int
    addresses: Mapping[int, str]  # of single states: the one shown, and the one that orders it
    film: tuple[str, Sequence[int]] | None = None  # address of many states behind each other, and which these are


def packed(kernel: np.ndarray, bias: np.ndarray, norms: tuple[np.ndarray, np.ndarray]) -> bytes:
    """A state as the browser reads it (weights.js), its weights as float16, as runs store them.

    Args:
        kernel: (rows, columns).
        bias: (columns,).
        norms: of the rows (rows,) and of the columns (columns,), as float64.
    """
    lines = [line.astype("<f8").tobytes() for line in norms]
    out = b"".join([*lines, bias.astype("<f2").tobytes(), kernel.astype("<f2").tobytes()])
    return out + bytes(-len(out) % 8)


def weight_map(
    key: str,
    grid: Grid,
    source: Source,
    view: View,
    ends: Mapping[str, float],
    theme: Theme,
    *,
    target: str,
    titles: tuple[str, str],
    names: Sequence[str],
    label: str,
    window: Mapping[str, Sequence[float]],
    heard: int,
    on_act: Callable[[], None],
    controls: Mapping[str, Mapping[str, Any]] | None = None,
    own_limits: bool = False,
) -> None:
    """Show the map with its biases and norms; what is done in it lies in `st.session_state[key]["act"]`, numbered by "n".

    An act has the pick "by", the axis ("rows", "columns") whose norm was clicked or None, the brushed "window", and the
    "source" that it was made on.

    Args:
        ends: of the scales, "limit", "rowTop", "columnTop" and "biasLimit", the same for all states.
        target: the player that has this among its targets moves the state.
        titles: what the rows and the columns are, in words.
        names: of the columns, where they have some.
        window: what is brushed: "row" and "column" -> two places.
        heard: number of the last act that the page has taken.
        controls: widgets of the page that order the map too, by key: which "field" of the view, and "options", the value
            behind each label. None: the map comes in the order that it has, and only tells what is clicked.
        own_limits: stretch the colours of each state to its own largest |weight|.
    """
    colours = {name: getattr(theme, name) for name in ("paper", "muted", "grid", "mark", "solid")}
    _component(
        key=key,
        data={
            "source": source.name,
            "states": source.states,
            "addresses": {str(state): address for state, address in source.addresses.items()},
            "film": source.film and {"address": source.film[0], "kept": list(source.film[1])},
            "rows": grid.rows,
            "columns": grid.columns,
            "grid": {name: getattr(grid, name) for name in ("down", "across", "tall", "wide")},
            "brushed": ["row" if axis == "y" else "column" for axis in grid.brushed],
            "view": asdict(view),
            "ends": {name: end or 1.0 for name, end in ends.items()},
            "own": own_limits,
            "look": {"palette": base64.b64encode(theme.signed_palette.tobytes()).decode(), "colours": colours},
            "target": target,
            "titles": [fitting(titles[0], grid.height), fitting(titles[1], grid.width)],
            "names": list(names),
            "label": label,
            "window": {axis: list(span) for axis, span in window.items()},
            "heard": heard,
            "sorts": controls is not None,
            "controls": controls or {},
        },
        on_act_change=on_act,
    )
