"""The lab's section "queue"."""

from collections.abc import Sequence

import streamlit as st

from core.ui.choices import Choice

SENTENCE = "Choose a network, its images and its training, and watch it learn."


def choices() -> Sequence[Choice]:
    """What stands in the link."""
    return ()


def show() -> None:
    """The section."""
    st.container(key="lab-queue")
