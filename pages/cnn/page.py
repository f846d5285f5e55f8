"""The CNN that reads pulses: kernels over the training, the loss profile, one convolution at a time."""

import streamlit as st

from core.frame import page
from core.lesson import panel as lesson
from core.models.pulse_layers import parameter_count
from core.ui import cached, networks
from core.ui.shown import Shown
from pages.cnn import data, words
from pages.cnn.breaking import breaking_panel, confidence_panel
from pages.cnn.choices import declare, declare_run, key, value, whole_page
from pages.cnn.convolution import convolution_panel
from pages.cnn.kernels import choose_run, kernels_panel
from pages.cnn.lesson import LESSON
from pages.cnn.loss import loss_panel
from pages.cnn.response import response_panel
from pages.cnn.tests import tests_panel

PANELS = {
    "convolution": convolution_panel,
    "response": response_panel,
    "tests": tests_panel,
    "breaking": breaking_panel,
    "confidence": confidence_panel,
}

notes = lesson.begin(LESSON) + declare_run()
run = cached.readable(value("run"))
if run is None:
    page.header(words.TITLE, "The run of this page cannot be shown; choose another.", notes)
    choose_run()
    networks.opened(value("run"))  # says what is wrong with it
else:
    notes += declare(run)
    shown = Shown(run, value("state"), value("run"))
    page.header(words.TITLE, words.sentence(shown, parameter_count(run.spec.model)), notes)
    lesson.show(LESSON)
    kernels_panel(shown)
    st.segmented_control(
        "Look at",
        list(words.SECTIONS),
        format_func=words.SECTIONS.__getitem__,
        key=key("section"),
        label_visibility="collapsed",
        required=True,
        persist_state="session",
    )
    if value("section") == "loss":
        loss_panel(shown)
    elif data.kept(run):
        PANELS[value("section")](shown, whole_page())
    else:
        page.empty(words.HISTORY_ALONE, "Choose another run above, or look at its loss profile.", 220)
    with st.expander("What to notice", icon=":material/visibility:"):
        st.markdown(words.NOTICE)
    with st.expander("How this run was trained", icon=":material/tune:"):
        st.markdown(words.how_trained(shown))
