"""What a browser says of a widget in a form in which that widget never speaks, or of options that it lacks: it counts as not said.

Streamlit gives whatever came under a widget's id to that widget's own reader, which raises, or hands on a value of another kind, on
which the page breaks. Both happen before a page could look at it.
"""

import logging
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.session_state import Serialized, WStates

FORGED = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)  # what reading a value of another form raises
NUMBERS = {"int_value", "double_value"}  # a number field says whole numbers in the one, and Streamlit notes the other for it
_log = logging.getLogger(__name__)
_read = WStates.__getitem__


def told(states: WStates, id_: str) -> Any:
    """What a browser told of a widget, as Streamlit reads it.

    Raises:
        KeyError: it told nothing, or nothing that this widget says.
    """
    sent, known = states.states.get(id_), states.widget_metadata.get(id_)
    if not isinstance(sent, Serialized) or known is None:
        return _read(states, id_)
    kind = sent.value.WhichOneof("value")
    try:
        if kind not in (None, known.value_type) and not {kind, known.value_type} <= NUMBERS:
            raise TypeError(f"{kind} for {known.value_type}")
        options = getattr(getattr(known.deserializer, "__self__", None), "formatted_option_to_option_index", None)
        if options is not None and (strange := _words(sent.value) - set(options)):  # which Streamlit hands on as they are
            raise ValueError(f"{len(strange)} that are none of {len(options)} options")
        return _read(states, id_)
    except FORGED as error:
        _log.log(logging.WARNING, "A browser's message was left alone: %r", error)
        raise KeyError(id_) from error


def _words(sent: WidgetState) -> set[str]:
    """The options that a message names."""
    return {sent.string_value} if sent.WhichOneof("value") == "string_value" else set(sent.string_array_value.data)


def guard() -> None:
    """Read every widget of this process so; once, before anyone comes."""
    WStates.__getitem__ = told  # type: ignore[method-assign]  # there is no other place between a message and its widget
