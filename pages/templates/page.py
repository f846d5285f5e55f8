"""Templates: what one layer learns, digits and pictures, and what a hidden layer changes."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.data import catalog
from core.ui import cached, data_status, link, page
from pages.templates.confusion import FORMS, matrix
from pages.templates.gallery import gallery
from pages.templates.hidden import hidden
from pages.templates.match import matching
from pages.templates.mistakes import misread
from pages.templates.pictures import breaking
from pages.templates.rolled import rolled
from pages.templates.view import (
    ANY,
    BACK,
    BARS,
    FOLLOW,
    NOTHING,
    OWN,
    PAGE,
    SOURCES,
    TITLES,
    class_reader,
    open_section,
    read_cell,
    read_epoch,
)

ONE_LAYER = ("softmax-mnist", "softmax-cifar10", "softmax-cifar10-smooth")


@dataclass(frozen=True)
class Part:
    """One part of the page."""

    title: str
    panel: Callable[[str], None]
    models: tuple[str, ...]  # that it can show
    sentence: str  # what the picture shows
    choices: tuple[str, ...] = ()  # names of its own in the link


PARTS = {  # name in the link -> part
    "gallery": Part(
        "Templates",
        gallery,
        tuple(TITLES),
        "Each class has one weight for every pixel. Laid out like the image, they are a picture: its template.",
    ),
    "rolled": Part(
        "Unrolled and rolled",
        rolled,
        ONE_LAYER,
        "A column of weights and a picture are the same numbers: z = b + sum(w·x) either way.",
        ("class", "source", "image"),
    ),
    "match": Part(
        "Match an image",
        matching,
        ONE_LAYER,
        "Lay an image over all ten templates: what lies on orange scores, what lies on blue costs.",
        ("source", "image"),
    ),
    "mistakes": Part(
        "Mistakes",
        misread,
        tuple(TITLES),
        "Some mistakes you would make yourself. Others are glaring, and the network is sure of them.",
        ("actual", "predicted"),
    ),
    "confusion": Part(
        "Confusion", matrix, tuple(TITLES), "Which class is taken for which, at every stored epoch.", ("form", "with", "cell")
    ),
    "pictures": Part(
        "Breaking it",
        breaking,
        ONE_LAYER[1:],
        "The same layer on pictures of animals and vehicles: templates in colour, and why they fail.",
    ),
    "hidden": Part(
        "A hidden layer",
        hidden,
        ("hidden-mnist", "hidden-cifar10"),
        "With ten units in between, templates become filters that the classes share.",
        ("sort", "bars", "source", "image"),
    ),
}
FILTERS = "Each hidden unit has one weight for every pixel. Laid out like the image, they are a picture: its filter."
CLASS = "a class, as in 4 or cat"
CHOICES = (
    link.one_of("section", "gallery", PARTS),
    link.one_of("model", "softmax-mnist", TITLES),
    link.text("epoch", "", read_epoch, "a number from 0 on"),
    link.whole("image", 0, 0, 9_999),
    link.text("cell", "", read_cell, "two classes, as in 4-9"),
    link.one_of("form", "counts", FORMS),
    link.one_of("with", NOTHING, (NOTHING, *TITLES)),
    link.text("class", "0", class_reader(), CLASS),
    link.one_of("source", "test", SOURCES),
    link.text("actual", ANY, class_reader(ANY), CLASS),
    link.text("predicted", ANY, class_reader(ANY), CLASS),
    link.text("sort", OWN, class_reader(OWN), CLASS),
    link.one_of("bars", "weights", BARS),
)


def main() -> None:
    notes = link.restore(PAGE, CHOICES)
    section = link.value(PAGE, "section")
    part = PARTS[section]
    model = link.value(PAGE, "model")
    if model not in part.models:  # another part of the page was left: show what it can, of the same data where there is one
        model = next((m for m in part.models if m.split("-")[1] == model.split("-")[1]), part.models[0])
        st.session_state[link.key(PAGE, "model")] = model
    page.header("Looking inside neural nets", FILTERS if section == "gallery" and model.startswith("hidden") else part.sentence, notes)
    with st.container(horizontal=True):
        st.segmented_control(
            "Part of the page",
            list(PARTS),
            format_func=lambda name: PARTS[name].title,
            key=link.key(PAGE, "section"),
            label_visibility="collapsed",
            required=True,
            wrap=True,
            persist_state="session",
            on_change=lambda: st.session_state.pop(BACK, None),
        )
        st.selectbox(
            "Model",
            part.models,
            format_func=TITLES.__getitem__,
            key=link.key(PAGE, "model"),
            label_visibility="collapsed",
            persist_state="session",
            width=320,
        )
    run = cached.run_or_say(model)
    if run is not None:
        if catalog.get(run.spec.data).unasked:  # others are offered where their pictures would be
            data_status.notice(run.spec.data.name)
        show(section, model)


@st.fragment
def show(section: str, model: str) -> None:
    """One part of the page; what is chosen in it reruns it alone, and stands in the link."""
    if st.session_state.pop(FOLLOW, False):
        st.rerun()
    back = st.session_state.get(BACK)
    if back is not None:
        st.button(f"Back to {PARTS[back].title}", icon=":material/arrow_back:", key=f"{PAGE}-back", on_click=_go_back)
    PARTS[section].panel(model)
    link.write(PAGE, {"section": section, "model": model, "epoch": link.value(PAGE, "epoch") or None})
    for choice in CHOICES[3:]:
        value = link.value(PAGE, choice.name)
        shown = choice.name in PARTS[section].choices and (value != choice.default or choice.name == "image")
        link.write(PAGE, {choice.name: value if shown else None})


def _go_back() -> None:
    open_section(st.session_state.pop(BACK))


main()
