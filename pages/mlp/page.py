"""MLP kernel explorer: how the weight matrices of a dense network learn."""

from functools import partial

import streamlit as st

from core.frame import choices, page, site
from core.lesson import panel as lesson
from core.runs.fitting import mlp as fits
from core.ui import networks, question
from pages.mlp import choices as mlp
from pages.mlp import question as mlp_question
from pages.mlp import words
from pages.mlp.ablation import ablation_panel
from pages.mlp.compare import compare_panel
from pages.mlp.downloads import download_panel
from pages.mlp.explorer import explorer, header_sentence, title
from pages.mlp.history import history_panel
from pages.mlp.image import image_panel
from pages.mlp.images import images_of
from pages.mlp.layer import Layer
from pages.mlp.lesson import LESSON
from pages.mlp.neighbours import neighbours_panel
from pages.mlp.units import units_panel

PANELS = {
    "neighbours": neighbours_panel,
    "units": units_panel,
    "epochs": history_panel,
    "compare": compare_panel,
    "image": image_panel,
    "off": ablation_panel,
    "download": download_panel,
}


def show() -> None:
    """The whole page, for the network, layer and state that are chosen."""
    notes = lesson.begin(LESSON, site.entry("mlp").view) + choices.declare(mlp.PAGE, [mlp.network()])
    top, below = st.container(), st.container()
    with below:
        shown = networks.opened(mlp.value("model"))
    if shown is None:
        with top:
            page.header(words.TITLE, words.BROKEN, notes)
            networks.chooser(mlp.PAGE, "model", fits)
        return
    notes += choices.declare(mlp.PAGE, mlp.page_choices(shown.run))
    layer = Layer(shown.at(mlp.value("epoch")), mlp.value("layer"))
    images = images_of(layer.spec) if mlp.value("section") == "image" else None
    notes += choices.declare(mlp.PAGE, [*mlp.view_choices(layer), *mlp.section_choices(layer, 0 if images is None else len(images.labels))])
    with top:
        page.header(title(layer), header_sentence(layer), notes)
        lesson.show(LESSON)
    explorer(layer)
    if mlp_question.fits(layer):
        answer, model_answer = partial(mlp_question.answer, shown.run), mlp_question.model_answer(shown.run)
        question.ask(mlp.PAGE, "pixels", words.QUESTION, list(words.PLACES.values()), answer, model_answer, subject=shown.key)
    section = st.segmented_control(
        "Look further",
        list(words.SECTIONS),
        format_func=words.SECTIONS.__getitem__,
        key=mlp.key("section"),
        required=True,
        persist_state="session",
    )
    PANELS[section or "neighbours"](layer)


show()
