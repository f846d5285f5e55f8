"""Templates: what one layer learns, digits and pictures, and what a hidden layer changes."""

import streamlit as st

from core.data import catalog as data
from core.frame import choices, page
from core.lesson import panel as lesson
from core.runs import catalog
from core.specs import RunSpec
from core.ui import data_status, networks
from pages.templates import words
from pages.templates.breaking import break_it, confidence, layer_map
from pages.templates.choices import PAGE, of_network, of_page, open_part, settle_network
from pages.templates.confusion import matrix
from pages.templates.gallery import gallery
from pages.templates.hidden import hidden
from pages.templates.lesson import LESSON
from pages.templates.match import matching
from pages.templates.mistakes import misread
from pages.templates.parts import PARTS
from pages.templates.pictures import breaking
from pages.templates.rolled import rolled
from pages.templates.view import View, class_names

PANELS = {
    "gallery": gallery,
    "rolled": rolled,
    "match": matching,
    "mistakes": misread,
    "confusion": matrix,
    "breaking": break_it,
    "confidence": confidence,
    "map": layer_map,
    "pictures": breaking,
    "hidden": hidden,
}


def main() -> None:
    notes = lesson.begin(LESSON) + choices.declare(PAGE, of_page())
    settle_network()
    section, model = choices.value(PAGE, "section"), choices.value(PAGE, "model")
    spec = catalog.find(model).spec
    notes += choices.declare(PAGE, of_network(spec))
    page.header(words.TITLE, sentence(section, spec), notes)
    lesson.show(LESSON)
    with st.container(horizontal=True):
        st.segmented_control(
            "Part of the page",
            list(PARTS),
            format_func=lambda name: PARTS[name].title,
            key=choices.key(PAGE, "section"),
            label_visibility="collapsed",
            required=True,
            wrap=True,
            persist_state="session",
            on_change=lambda: choices.put(PAGE, "from", ""),
        )
        networks.chooser(
            PAGE,
            "model",
            PARTS[section].fits,
            label_visibility="collapsed",
            width=320,
            on_change=lambda: choices.put(PAGE, "asked", ""),
        )
    if choices.value(PAGE, "asked"):
        stands_in(section, model)
    if not PARTS[section].fits(spec):
        page.empty("No network to show", f"This part shows {PARTS[section].wants}. Choose another part, or train such a network.")
    elif networks.opened(model) is not None:
        if data.get(spec.data).unasked:  # others are offered where their pictures would be
            data_status.notice(spec.data.name)
        show(section, model)


def sentence(section: str, spec: RunSpec) -> str:
    """What the picture of a part shows, in the network's own numbers."""
    if section == "gallery" and len(spec.model.sizes) > 2:
        return words.FILTERS
    return words.SENTENCES[section].format(classes=words.number(len(class_names(spec))), units=words.number(spec.model.sizes[1]))


def stands_in(section: str, model: str) -> None:
    """Say that another network is shown than was asked for, why, and how to take that back."""
    asked = networks.label(choices.value(PAGE, "asked"))
    part = PARTS[section]
    with st.container(horizontal=True, vertical_alignment="center", key=f"{PAGE}-stands-in"):
        st.markdown(words.STANDS_IN.format(part=part.title, wants=part.wants, shown=networks.label(model), asked=asked), width="content")
        st.button(f"Back to {asked}", icon=":material/arrow_back:", key=f"{PAGE}-asked-back", on_click=open_part, args=("gallery",))


@choices.fragment
def show(section: str, model: str) -> None:
    """One part of the page; what is chosen in it reruns it alone, unless that is another part or another network."""
    if (section, model) != (choices.value(PAGE, "section"), choices.value(PAGE, "model")):
        st.rerun()
    view = View.of(model, choices.value(PAGE, "epoch"))
    choices.declare(PAGE, of_network(view.run.spec))
    back = choices.value(PAGE, "from")
    if back:
        st.button(f"Back to {PARTS[back].title}", icon=":material/arrow_back:", key=f"{PAGE}-back", on_click=open_part, args=(back,))
    PANELS[section](view)


main()
