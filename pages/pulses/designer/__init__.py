"""One pulse, large: dragged, slid or typed, and drawn at once in the browser."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from core.charts.theme import Theme
from core.data import pulses
from core.specs import PULSE_CLASSES, PulseSpec
from core.ui.browser_part import browser_part

_component = browser_part("kernel_explorer_pulse_designer", __file__)


@dataclass(frozen=True)
class Shape:
    """A single pulse: its kind and the parameters that this kind uses."""

    kind: str
    values: Mapping[str, float]


def checked(kind: Any, values: Any) -> Shape | None:
    """A shape with every parameter within its limits, or None when the values are not of that form."""
    if kind not in PULSE_CLASSES or not isinstance(values, Mapping):
        return None
    out = {}
    for name in pulses.used(kind):
        value, meaning = values.get(name), pulses.MEANINGS[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            return None
        out[name] = min(max(float(value), meaning.least), meaning.most)
    return Shape(kind, out)


def designer(key: str, spec: PulseSpec, shape: Shape, version: int, theme: Theme) -> None:
    """Show the designer; 150 ms after the pulse comes to rest the script runs again and `reported` has it.

    Args:
        shape: taken over by the browser when `version` is another than before.
    """
    middles = {kind: pulses.middle(PulseSpec(), kind) for kind in PULSE_CLASSES}
    _component(
        key=key,
        data={
            "size": spec.size,
            "line": spec.line,
            "kinds": list(PULSE_CLASSES),
            "used": {kind: list(pulses.used(kind)) for kind in PULSE_CLASSES},
            "meanings": {name: asdict(meaning) | {"factor": meaning.factor(spec.size)} for name, meaning in pulses.MEANINGS.items()},
            "middles": middles,
            "kind": shape.kind,
            "values": dict(shape.values),
            "version": version,
            "colours": {"paper": theme.paper, "ink": theme.ink[-1], "curve": theme.lines[1]},
        },
        on_pulse_change=lambda: None,
    )


def reported(key: str, version: int) -> Shape | None:
    """The pulse that the browser reported for this version, if any."""
    state = st.session_state.get(key)
    pulse = state.get("pulse") if state else None
    if not isinstance(pulse, Mapping) or pulse.get("version") != version:
        return None
    return checked(pulse.get("kind"), pulse.get("values"))
