"""Votes of hidden units for classes, a bar each, at every stored state: a step of the player or a sort redraws them in the browser.

They stand in the same columns as the pictures of `template_film` with `lead`: a column for the classes' names, one a unit, one for sums.
"""

import base64
from collections.abc import Sequence

import numpy as np

from core.charts.theme import Theme
from core.frame.browser_part import browser_part

_component = browser_part("kernel_explorer_vote_bars", __file__, roves=True, isolate_styles=False)  # so that the player finds its signals


def vote_bars(
    key: str,
    values: np.ndarray,
    sums: np.ndarray,
    classes: Sequence[str],
    units: Sequence[str],
    theme: Theme,
    *,
    state: int,
    limit: float,
    lead: int,
    height: int,
    marked: int | None,
    what: str,
    sum_name: str,
    activations: np.ndarray | None = None,
) -> None:
    """Show the bars; the player that has this container's key among its targets drives them by `epoch` and `order`.

    Args:
        values: (states, units, classes), above 0 for a class and below 0 against it.
        sums: (states, classes), what stands at the right of each class.
        state: the state to open on.
        limit: the value of a full bar, at every state.
        lead: pixels for the names of the classes.
        height: pixels of a row.
        marked: index of the class whose row is marked.
        what: what a bar is, in words.
        sum_name: what stands over the sums.
        activations: (states, units), written under the filters.
    """

    def packed(numbers: np.ndarray) -> str:
        return base64.b64encode(np.ascontiguousarray(numbers, dtype="<f4").tobytes()).decode()

    _component(
        key=key,
        data={
            "values": packed(values),
            "sums": packed(sums),
            "activations": None if activations is None else packed(activations),
            "classes": list(classes),
            "units": list(units),
            "states": len(values),
            "state": state,
            "limit": limit,
            "lead": lead,
            "height": height,
            "marked": marked,
            "what": what,
            "sumName": sum_name,
            "colours": {"pro": theme.up, "contra": theme.down, "line": theme.grid},
        },
    )
