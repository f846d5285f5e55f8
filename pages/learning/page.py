"""How a weight learns: one step of gradient descent, opened to the last term."""

import streamlit as st

from core.data import catalog as data
from core.frame import choices, page
from core.lesson import panel as lesson
from core.runs import catalog as runs
from core.runs import store
from core.specs import OPTIMIZERS, RunSpec
from core.ui import data_status, networks, shown
from pages.learning import words
from pages.learning.back import back_panel
from pages.learning.batch import batch_panel
from pages.learning.choices import PAGE, forget_weights, key, of_layer, of_network, of_page, put, value
from pages.learning.images import test_images
from pages.learning.lesson import LESSON
from pages.learning.path import path_panel
from pages.learning.pulses import pulses_panel
from pages.learning.rate import rate_panel
from pages.learning.step import step
from pages.learning.surface import surface_panel
from pages.learning.view import View, fits, fits_pulses

PANELS = {"step": step, "batch": batch_panel, "rate": rate_panel, "back": back_panel, "surface": surface_panel, "path": path_panel}


def main() -> None:
    notes = lesson.begin(LESSON) + choices.declare(PAGE, of_page())
    section, model = value("section"), value("model")
    found = opened(model)
    if found is not None:
        view, more = found
        notes += more
    page.header(words.TITLE, words.SENTENCES[section], notes)
    lesson.show(LESSON)
    with st.container(horizontal=True):
        st.segmented_control(
            "Part of the page",
            list(words.SECTIONS),
            format_func=words.SECTIONS.__getitem__,
            key=key("section"),
            label_visibility="collapsed",
            required=True,
            wrap=True,
            persist_state="session",
        )
        if section == "pulses":
            networks.chooser(PAGE, "cnn", fits_pulses, label_visibility="collapsed", width=320, on_change=lambda: put("moment", None))
        else:
            networks.chooser(PAGE, "model", fits, label_visibility="collapsed", width=320, on_change=_another_network)
    if section == "pulses":
        show(section, value("cnn"))
        details(runs.find(value("cnn")).spec)
        return
    if found is None:
        networks.opened(model)  # says why it cannot be shown
        return
    if data.get(view.data).unasked:
        data_status.notice(view.data.name)
    show(section, model)
    details(view.run.spec)


def opened(model: str) -> tuple[View, list[str]] | None:
    """The network at the state chosen, and notes on what the link could not have; None where it cannot be read."""
    try:
        found = shown.of(model)
    except (store.MissingRun, store.DamagedRun):
        return None
    view = View(found.run, found.state, found.id)
    images = test_images(view)
    notes = choices.declare(PAGE, of_network(view.run, 0 if images is None else len(images)))
    view = View(found.run, value("epoch"), found.id)
    return view, notes + choices.declare(PAGE, of_layer(view))


def _another_network() -> None:
    """Its own opening state, layer and weight."""
    for name in ("epoch", "layer", "label", "up"):
        put(name, None)
    forget_weights()


@choices.fragment
def show(section: str, model: str) -> None:
    """One part of the page; what is chosen in it reruns it alone."""
    if (section, model) != (value("section"), value("cnn" if section == "pulses" else "model")):
        st.rerun()
    if section == "pulses":
        pulses_panel()
        return
    found = opened(model)
    if found is not None:
        PANELS[section](found[0])


def details(spec: RunSpec) -> None:
    """What stands under every part."""
    with st.expander("A step by hand: two inputs, two hidden units, two classes", icon=":material/edit:"):
        st.markdown(words.HAND)
    with st.expander("Words", icon=":material/dictionary:"):
        st.markdown(words.GLOSSARY)
    with st.expander("How this network was trained", icon=":material/tune:"):
        train = spec.train
        decay = f" and a weight decay of {train.weight_decay:g}" if train.weight_decay else ""
        st.markdown(words.DECAY.format(optimizer=OPTIMIZERS[train.optimizer], batch=train.batch, rate=train.learning_rate, decay=decay))


main()
