"""Inside a digit recogniser: draw a digit, see every layer, before and after training."""

from collections.abc import Callable

import streamlit as st

from core.specs import TrainSpec, meta
from core.ui import data_status, link, page
from pages.digits import input as digit_input
from pages.digits import net as digit_net
from pages.digits.board import OPENABLE
from pages.digits.compare import PARTS, arrive, compare
from pages.digits.filters import filter_section
from pages.digits.input import PAGE
from pages.digits.net import Net
from pages.digits.panel import read_cell
from pages.digits.summary import summary
from pages.digits.table import TABLE_CHOICES, table
from pages.digits.training import TRAIN, collect, training
from pages.digits.watch import draw_and_watch

SECTIONS: dict[str, tuple[str, Callable[[Net], None]]] = {
    "draw": ("Draw and watch", draw_and_watch),
    "compare": ("Before and after", compare),
    "summary": ("Layers and weights", summary),
    "table": ("Activation tables", lambda net: table(net.name, net.state)),
    "filters": ("What a filter looks for", lambda net: filter_section(net.name, net.state)),
    "train": ("Train it here", training),
}


def read_epoch(text: str) -> str:
    """The `epoch` of a link: a number of epochs that a training may have.

    Raises:
        ValueError: it is none.
    """
    if not 0 <= float(text) <= meta(TrainSpec, "epochs").most:
        raise ValueError(text)
    return text


def choices() -> list[link.Choice]:
    """Everything that a link to this page can ask for."""
    return [
        link.one_of("section", "draw", SECTIONS),
        link.text("run", digit_net.DEFAULT, digit_net.known, "the name or key of a digit network stored here"),
        link.text("epoch", "", read_epoch, "a number of epochs"),
        link.text("input", "pad", digit_input.read_input, "pad, upload or test- and a number"),
        link.one_of("centre", "on", ("on", "off")),
        link.one_of("layer", "", OPENABLE),
        link.whole("filter", 0, 0, 15),
        link.text("cell", "", read_cell, "a row and a column, such as 3-12"),
        link.one_of("part", "end", PARTS),
        *TABLE_CHOICES,
        TRAIN,
    ]


def show() -> None:
    """The whole page."""
    notes = link.restore(PAGE, choices())
    arrive()
    collect()
    name = link.value(PAGE, "run")
    run = digit_net.opened(name)
    if isinstance(run, str):
        page.header("Inside a digit recogniser", "Draw a digit and look into every layer that reads it.", notes)
        _chooser()
        page.empty("This run cannot be shown", run)
        return
    state = digit_net.nearest(run, link.value(PAGE, "epoch"))
    page.header("Inside a digit recogniser", sentence(digit_net.Net(name, run, state)), notes)
    data_status.notice("mnist")
    net = _controls(name, state)
    section = st.segmented_control(
        "Section",
        list(SECTIONS),
        format_func=lambda s: SECTIONS[s][0],
        key=link.key(PAGE, "section"),
        required=True,
        label_visibility="collapsed",
        persist_state="session",  # else a run broken off early, or one that comes too soon, leaves the browser without the choice
    )
    last = net.state == net.run.states - 1
    link.write(
        PAGE,
        {
            "section": None if section == "draw" else section,
            "run": None if net.name == digit_net.DEFAULT else net.name,
            "epoch": None if last else digit_net.epochs(net.run)[net.state],
            "input": None if link.value(PAGE, "input") == "pad" else link.value(PAGE, "input"),
            "centre": None if link.value(PAGE, "centre") == "on" else "off",
        },
    )
    SECTIONS[str(section)][1](net)


def sentence(net: Net) -> str:
    """What network this is and how well it reads."""
    share = 100 * net.run.history["accuracy_test"][net.state]
    data = net.run.spec.data
    return (
        f"A small network, trained on {data.train:,} digits, at {digit_net.state_name(net.run, net.state)}: "
        f"it reads {share:.1f} % of {data.test:,} test digits right. Draw a digit and look into every layer."
    )


def _controls(name: str, state: int) -> Net:
    """Run, state and input, in a row."""
    left, middle, right = st.columns([4, 4, 4], gap="medium")
    with left:
        net = digit_net.net(_chooser(), state)
    with middle:
        labels = digit_net.epochs(net.run)
        state = digit_net.nearest(net.run, link.value(PAGE, "epoch"))
        st.session_state[link.key(PAGE, "epoch")] = labels[state]
        chosen = st.select_slider(
            "State", labels, key=link.key(PAGE, "epoch"), format_func=lambda e: digit_net.state_name(net.run, labels.index(e))
        )
        net = net.at(labels.index(chosen))
    if link.value(PAGE, "section") in ("draw", "compare"):  # the other sections look at test digits
        with right:
            digit_input.choose()
    return net


def _chooser() -> str:
    """Which network."""
    return st.selectbox(
        "Network",
        digit_net.names(),
        key=link.key(PAGE, "run"),
        format_func=digit_net.label,
        on_change=_last_state,
        persist_state="session",
    )


def _last_state() -> None:
    st.session_state[link.key(PAGE, "epoch")] = ""


show()
