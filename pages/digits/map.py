"""Map of what each layer sees: a click opens the image in the page's first section."""

import streamlit as st

from core.analysis import layer_map as maps
from core.breaking import map as section
from core.frame import choices as links
from core.ui.shown import Shown
from pages.digits import choices
from pages.digits.breaking import subject
from pages.digits.input import test_name
from pages.digits.measures import trouble


def layer_map(net: Shown) -> None:
    """The section."""
    _mapped(net)


@links.fragment
def _mapped(net: Shown) -> None:
    if choices.value("section") != "map":  # a point was clicked
        st.rerun()
    states = [state for state in maps.states_of(net.run.states) if not trouble(net.at(state))]
    section.layer_map(subject(net), states, lambda number: test_name(net.run.spec, number), _open)


def _open(key: str) -> None:
    """A click on a point opens its image in the first section."""
    number = section.taken(choices.PAGE, key)
    if number is not None:
        choices.put(input=f"test-{number}", section="draw")
