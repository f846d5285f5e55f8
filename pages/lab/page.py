"""The lab: train your own network, watch it, compare, come back tomorrow."""

import streamlit as st

from core.frame import choices, page
from pages.lab import classroom, compare, form, queue, sweep, watch
from pages.lab.choices import PAGE, key, value
from pages.lab.section import Section

TITLE = "Train your own"
SECTIONS = {  # name in the link -> section, in the order of the buttons
    "train": Section("Train", form.SENTENCE, form.show, form.task, form.choices),
    "watch": Section("Watch", watch.SENTENCE, watch.show, watch.choices),
    "queue": Section("All trainings", queue.SENTENCE, queue.show),
    "compare": Section("Compare", compare.SENTENCE, compare.show, compare.choices),
    "sweep": Section("Sweep", sweep.SENTENCE, sweep.show, form.task, sweep.choices),
    "class": Section("Class", classroom.SENTENCE, classroom.show, classroom.choices),
}

notes = choices.declare(PAGE, [choices.one_of("section", "train", SECTIONS), classroom.room()])
classroom.share_own()
section = SECTIONS[value("section")]
notes += choices.declare(PAGE, section.choices())
notes += choices.declare(PAGE, section.then())
page.header(TITLE, section.sentence, notes)
st.segmented_control(
    "Part of the lab",
    list(SECTIONS),
    format_func=lambda name: SECTIONS[name].title,
    key=key("section"),
    label_visibility="collapsed",
    required=True,
    wrap=True,
    persist_state="session",
)
section.show()
