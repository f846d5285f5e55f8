"""One pulse, large: dragged, slid or typed, and drawn at once in the browser."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import streamlit as st

from core.charts.theme import Theme
from core.data import pulses
from core.frame.browser_part import browser_part
from core.specs import PULSE_CLASSES, PulseSpec
from pages.pulses.shape import Shape, checked, text_of

_component = browser_part("kernel_explorer_pulse_designer", __file__)


def designer(key: str, spec: PulseSpec, shape: Shape, theme: Theme, on_design: Callable[[Shape], None]) -> None:
    """Show the designer; what a person makes in it comes once it rests, and takes over any pulse that is not of its making.

    Args:
        on_design: gets the pulse before the rerun.
    """

    def report() -> None:
        designed = reported(st.session_state.get(key))
        if designed is not None:
            on_design(designed[0])

    last = reported(st.session_state.get(key))
    _component(
        key=key,
        data={
            "size": spec.size,
            "line": spec.line,
            "kinds": list(PULSE_CLASSES),
            "used": {kind: list(pulses.used(kind)) for kind in PULSE_CLASSES},
            "meanings": {name: asdict(meaning) | {"factor": meaning.factor(spec.size)} for name, meaning in pulses.MEANINGS.items()},
            "middles": {kind: pulses.middle(PulseSpec(), kind) for kind in PULSE_CLASSES},
            "kind": shape.kind,
            "values": dict(shape.values),
            "name": text_of(shape),
            "report": last[1] if last is not None and text_of(last[0]) == text_of(shape) else None,  # that this pulse came with
            "colours": {"paper": theme.paper, "ink": theme.ink[-1], "curve": theme.lines[1]},
        },
        on_pulse_change=report,
    )


def reported(state: Any) -> tuple[Shape, int] | None:
    """The pulse in the component's state and the number of its report; None where there is none, or none that can be drawn."""
    pulse = state.get("pulse") if isinstance(state, Mapping) else None
    if not isinstance(pulse, Mapping) or type(pulse.get("report")) is not int:
        return None
    shape = checked(pulse.get("kind"), pulse.get("values"))
    return None if shape is None else (shape, pulse["report"])
