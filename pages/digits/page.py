"""Inside a digit recogniser: draw a digit, see every layer, before and after training."""

from collections.abc import Callable

import streamlit as st

from core.charts import numbers
from core.frame import choices as links
from core.frame import page
from core.frame.plain import plain
from core.lesson import panel as lesson
from core.runs.fitting import digits as fits
from core.ui import data_status, networks, shown
from core.ui.shown import Shown
from pages.digits import choices, words
from pages.digits import input as digit_input
from pages.digits.breaking import break_it, confidence
from pages.digits.choices import PAGE, SECTIONS
from pages.digits.compare import compare
from pages.digits.filters import filter_section
from pages.digits.images import noun, own_words, test_images
from pages.digits.lesson import LESSON
from pages.digits.map import layer_map
from pages.digits.measures import trouble
from pages.digits.summary import summary
from pages.digits.table import table
from pages.digits.training import training
from pages.digits.watch import draw_and_watch

PANELS: dict[str, Callable[[Shown], None]] = {
    "draw": draw_and_watch,
    "compare": compare,
    "summary": summary,
    "table": table,
    "filters": filter_section,
    "breaking": break_it,
    "confidence": confidence,
    "map": layer_map,
    "train": training,
}
WHATEVER = ("summary", "train")  # sections that can do without the weights of the state


def show() -> None:
    """The whole page."""
    notes = lesson.begin(LESSON) + links.declare(PAGE, choices.of_page())
    head = st.container()  # it says what is chosen below it
    left, middle, right = st.columns([4, 4, 4], gap="medium")
    with left:
        id_ = networks.chooser(PAGE, "run", fits, on_change=choices.at_last_state)
    net = networks.opened(id_)
    if net is None:
        with head:
            page.header(words.TITLE, words.SHORT, notes)
        return
    spec = net.run.spec
    notes += links.declare(PAGE, choices.of_network(net, len(test_images(spec).labels)))
    net = net.at(choices.value("epoch"))
    with head:
        page.header(words.TITLE, sentence(net), notes)
        lesson.show(LESSON)
        if spec.data.name == "mnist":
            data_status.notice("mnist")
    with middle:
        _state(net)
    if choices.value("section") in ("draw", "compare", "breaking", "confidence"):  # the other sections look at test images
        with right:
            digit_input.choose(spec)
    section = st.segmented_control(
        "Section",
        list(SECTIONS),
        format_func=SECTIONS.__getitem__,
        key=links.key(PAGE, "section"),
        required=True,
        wrap=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    why = "" if section in WHATEVER else trouble(net)
    if why:
        page.empty("This state cannot be looked into", why)
    else:
        PANELS[str(section)](net)


def sentence(net: Shown) -> str:
    """What network this is and how well it reads."""
    spec, shares = net.run.spec, net.run.history.get("accuracy_test")
    reads = ""
    if shares is not None and shares[net.state] == shares[net.state]:
        reads = f": it reads {numbers.percent(shares[net.state])} of {spec.data.test:,} {own_words(spec)} right"
    if spec.origin is not None:
        at = f", at {net.words}" if net.run.states > 1 else ""
        return f"**{plain(spec.origin.name)}**, a network brought here{at}{reads}. Draw a digit and look into every layer."
    trained = f"trained on {spec.data.train:,} {noun(spec)}s"
    return f"A small network, {trained}, at {net.words}{reads}. Draw a digit and look into every layer."


def _state(net: Shown) -> None:
    """Which stored state."""
    if net.run.states == 1:
        st.markdown(f"State: {net.words}, the only one that this run keeps.")
        return
    st.select_slider(
        "State",
        range(net.run.states),
        key=links.key(PAGE, "epoch"),
        format_func=lambda state: shown.state_words(net.run, state),
        on_change=links.setter(PAGE, "stay", False),
        persist_state="session",
    )


show()
