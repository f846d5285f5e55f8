"""Pulses on a small screen: shape one, look through a set of them, make your own."""

import streamlit as st

from core.frame import choices as all_choices
from core.frame import page
from core.lesson import panel as lesson
from pages.pulses import choices, words
from pages.pulses.choices import CHOICES, PAGE
from pages.pulses.controls import controls, downloads
from pages.pulses.designer import designer
from pages.pulses.gallery import gallery
from pages.pulses.lesson import LESSON
from pages.pulses.own import actions, details, own, sentence
from pages.pulses.question import twins

notes = lesson.begin(LESSON) + all_choices.declare(PAGE, CHOICES)
if not choices.value("classes"):
    notes.append(words.NO_CLASS)
spec, shape = choices.spec(), choices.shape()
page.header(words.TITLE, sentence(spec, shape), notes)
lesson.show(LESSON)

designer("pulses-designer", spec, shape, page.theme(), choices.design)
actions(spec, shape)

st.subheader(words.SET, anchor=False)
st.markdown(words.SET_WORDS)
source = controls()
gallery(source)

st.subheader(words.TWINS, anchor=False)
twins(source)

st.subheader(words.OWN, anchor=False)
st.markdown(words.OWN_WORDS)
own(spec)

with st.expander("What to notice", icon=":material/visibility:"):
    st.markdown(words.NOTICE)
with st.expander("How it is drawn", icon=":material/functions:"):
    st.markdown(details())
downloads(source)
