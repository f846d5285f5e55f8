"""Pulses on a small screen: shape one, look through a set of them, make your own."""

import streamlit as st

from core.ui import link, page
from pages.pulses import choices
from pages.pulses import controls as pulse_controls
from pages.pulses import gallery as pulse_gallery
from pages.pulses import own as pulse_own
from pages.pulses import question as pulse_question
from pages.pulses.designer import designer, reported

notes = choices.restore()
spec, version = choices.spec(), choices.version()
key = link.key(choices.PAGE, "designer")
designed = reported(key, version)
if designed is not None:
    choices.keep(designed)
shape = choices.shape()
page.header("Pulses on a small screen", pulse_own.sentence(spec, shape), notes)

designer(key, spec, shape, version, page.theme())
pulse_own.actions(spec, shape)

st.subheader("A set of pulses", anchor=False)
st.markdown(
    "A network learns from thousands of such pictures, each drawn with numbers of its own. "
    "Classes take turns, so there are equally many of each; the same seed draws the same pixels on every machine."
)
source = pulse_controls.controls()
pulse_gallery.gallery(source)

st.subheader("Which one is the square?", anchor=False)
pulse_question.twins(source)

st.subheader("Make a pulse of your own", anchor=False)
st.markdown("Type it, open measured samples, or draw it. Keep it, and the CNN page says what a network makes of it.")
pulse_own.own(spec)

with st.expander("What to notice", icon=":material/visibility:"):
    st.markdown(
        """
- The screen has one bit a pixel: a smooth curve becomes stairs. Lower a gaussian and see how little is left to tell it by.
- A square has corners and upright flanks, a gaussian slopes that bend, a wave many crests. Those are the parts that kernels can answer to.
- Place, height and width differ from picture to picture, so no single pixel gives a class away.
        """
    )
with st.expander("How it is drawn", icon=":material/functions:"):
    st.markdown(pulse_own.details())
pulse_controls.downloads(source)
choices.write()
