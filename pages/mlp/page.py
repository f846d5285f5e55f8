"""MLP kernel explorer: how the weight matrices of a small network learned to read digits."""

from functools import partial

import streamlit as st

from core.ui import cached, data_status, page, question
from pages.mlp import details as mlp_details
from pages.mlp import question as mlp_question
from pages.mlp import view as mlp_view
from pages.mlp.ablation import ablation_panel
from pages.mlp.compare import both, compare_panel
from pages.mlp.history import history_panel
from pages.mlp.image import image_panel
from pages.mlp.matrix import download_panel, explorer, go_to_epoch, header_sentence, units_panel
from pages.mlp.neighbours import neighbours_panel

TITLE = "How weights learn to read digits"
PANELS = {
    "neighbours": neighbours_panel,
    "units": units_panel,
    "epochs": lambda run, view: history_panel(run, view, go_to_epoch),
    "compare": lambda run, view: compare_panel(both(), view),
    "image": image_panel,
    "off": ablation_panel,
    "download": download_panel,
}

view, notes = mlp_view.restore()
top = st.container()
run = cached.run_or_say(view.model)
if run is None:
    with top:
        page.header(TITLE, "The weights of one of this page's two networks cannot be read; the other one still works.", notes)
    mlp_view.offer_other_runs()
    st.stop()
notes += mlp_details.restore(view, mlp_view.value("section"))
with top:
    page.header(TITLE, header_sentence(run, view), notes)
explorer(run, view)
question.ask(
    "mlp", "pixels", mlp_question.QUESTION, list(mlp_question.PLACES.values()), partial(mlp_question.answer, run), mlp_question.MODEL_ANSWER
)
data_status.notice(run.spec.data.name)
section = st.segmented_control(
    "Look further",
    list(mlp_view.SECTIONS),
    format_func=lambda name: mlp_view.SECTIONS[name],
    key=mlp_view.key("section"),
    required=True,
    persist_state="session",
)
PANELS[section or "neighbours"](run, view)
mlp_view.write_link()
