"""What a network says of each class as bars: a row a class, or upright columns where there is less room.

A chart of bars takes the browser longer to change than the network takes to read a digit; these are so many widths.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.charts import numbers
from core.charts.theme import Theme
from core.frame.browser_part import browser_part

_bars = browser_part("kernel_explorer_class_bars", __file__)
MOST = 20  # classes that are shown; of more, those with the largest values


def class_bars(
    key: str,
    values: np.ndarray,
    colours: Theme,
    *,
    classes: Sequence[str] = (),
    low: float = 0.0,
    noun: str = "class",
    title: str = "",
    words: str = "",
    upright: bool = False,
) -> None:
    """Show the values of the classes, the largest one strong: shares from 0 to 1, or outputs from `low` below 0 to 1.

    Args:
        values: (classes,).
        classes: their names; their numbers without.
        noun: what a class is, for screen readers ("digit").
        title: a heading above, and `words` below it; both follow the pen with the bars.
        upright: columns over their names, with the numbers under the pointer.
    """
    _bars(
        key=key,
        data={
            "key": key,
            **frame(values, classes, low, noun),
            "low": low,
            "strong": colours.right,
            "weak": colours.muted,
            "title": title,
            "words": words,
            "upright": upright,
        },
    )


def frame(values: np.ndarray, classes: Sequence[str] = (), low: float = 0.0, noun: str = "class") -> dict[str, Any]:
    """What of the bars follows from the values, which a film may show in place of those given; see `class_bars`."""
    values = np.asarray(values, dtype=float)
    names = list(classes) or [str(i) for i in range(len(values))]
    shown = range(len(values)) if len(values) <= MOST else sorted(np.argsort(-values, kind="stable")[:MOST].tolist())
    said = [numbers.probability(value) if low == 0 else numbers.number(value) for value in values]
    rest = "" if len(values) <= MOST else f" (the {MOST} largest of {len(values):,})"
    kind = "Probability" if low == 0 else "Output"
    return {
        "names": [names[i] for i in shown],
        "values": [float(values[i]) for i in shown],
        "texts": [said[i] for i in shown],
        "said": f"{kind} of each {noun}{rest}: " + ", ".join(f"{names[i]} {said[i]}" for i in shown),
    }
