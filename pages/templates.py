"""Templates: what one layer learns, digits and pictures, and what a hidden layer changes."""

import streamlit as st

from core.ui import cached, link, page
from core.ui.templates_confusion import matrix
from core.ui.templates_gallery import gallery
from core.ui.templates_hidden import hidden
from core.ui.templates_match import matching
from core.ui.templates_mistakes import misread
from core.ui.templates_pictures import breaking
from core.ui.templates_rolled import rolled
from core.ui.templates_view import FOLLOW, PAGE, TITLES, read_cell, read_epoch

page.require_entry()

ONE_LAYER = ("softmax-mnist", "softmax-cifar10", "softmax-cifar10-smooth")
SECTIONS = {  # name in the link -> title, panel, the models it can show, what the picture shows
    "gallery": (
        "Templates",
        gallery,
        tuple(TITLES),
        "Each class has one weight for every pixel. Laid out like the image, they are a picture: its template.",
    ),
    "rolled": (
        "Unrolled and rolled",
        rolled,
        ONE_LAYER,
        "A column of weights and a picture are the same numbers: z = b + sum(w·x) either way.",
    ),
    "match": (
        "Match an image",
        matching,
        ONE_LAYER,
        "Lay an image over all ten templates: what lies on orange scores, what lies on blue costs.",
    ),
    "mistakes": (
        "Mistakes",
        misread,
        tuple(TITLES),
        "Some mistakes you would make yourself. Others are glaring, and the network is sure of them.",
    ),
    "confusion": ("Confusion", matrix, tuple(TITLES), "Which class is taken for which, at every stored epoch."),
    "pictures": (
        "Breaking it",
        breaking,
        ONE_LAYER[1:],
        "The same layer on pictures of animals and vehicles: templates in colour, and why they fail.",
    ),
    "hidden": (
        "A hidden layer",
        hidden,
        ("hidden-mnist", "hidden-cifar10"),
        "With ten units in between, templates become filters that the classes share.",
    ),
}
FILTERS = "Each hidden unit has one weight for every pixel. Laid out like the image, they are a picture: its filter."
CHOICES = (
    link.one_of("section", "gallery", SECTIONS),
    link.one_of("model", "softmax-mnist", TITLES),
    link.text("epoch", "", read_epoch, "a number from 0 on"),
    link.whole("image", 0, 0, 9_999),
    link.text("cell", "", read_cell, "two classes, as in 4-9"),
)


def main() -> None:
    notes = link.restore(PAGE, CHOICES)
    section = link.value(PAGE, "section")
    _, _, models, sentence = SECTIONS[section]
    model = link.value(PAGE, "model")
    if model not in models:  # another part of the page was left: show what it can, of the same data where there is one
        model = next((m for m in models if m.split("-")[1] == model.split("-")[1]), models[0])
        st.session_state[link.key(PAGE, "model")] = model
    if section == "gallery" and model.startswith("hidden"):
        sentence = FILTERS
    page.header("Looking inside neural nets", sentence, notes)
    with st.container(horizontal=True):
        st.segmented_control(
            "Part of the page",
            list(SECTIONS),
            format_func=lambda name: SECTIONS[name][0],
            key=link.key(PAGE, "section"),
            label_visibility="collapsed",
            required=True,
            wrap=True,
            persist_state="session",
        )
        st.selectbox(
            "Model",
            models,
            format_func=TITLES.__getitem__,
            key=link.key(PAGE, "model"),
            label_visibility="collapsed",
            persist_state="session",
            width=320,
        )
    if cached.run_or_say(model) is not None:
        show(section, model)


@st.fragment
def show(section: str, model: str) -> None:
    """One part of the page; what is chosen in it reruns it alone, and stands in the link."""
    if st.session_state.pop(FOLLOW, False):
        st.rerun()
    SECTIONS[section][1](model)
    link.write(
        PAGE,
        {
            "section": section,
            "model": model,
            "epoch": link.value(PAGE, "epoch") or None,
            "image": link.value(PAGE, "image") if section in ("match", "rolled", "hidden") else None,
            "cell": link.value(PAGE, "cell") or None if section == "confusion" else None,
        },
    )


main()
