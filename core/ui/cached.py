"""What pages share in memory: stored runs, read-only, one copy for everyone."""

import numpy as np
import streamlit as st

from core.data import catalog, digits
from core.runs import shipped, store
from core.runs.run import Run


@st.cache_resource(show_spinner=False, max_entries=32)
def run(name_or_key: str) -> Run:
    """A stored run by its shipped name or its key.

    Raises:
        core.runs.store.MissingRun, core.runs.store.DamagedRun: with a sentence for the page.
    """
    spec = shipped.RUNS.get(name_or_key)
    return store.load(spec.key if spec else name_or_key)


def run_or_say(name_or_key: str) -> Run | None:
    """The run, or None after saying on the page what is wrong with it and what to do."""
    try:
        return run(name_or_key)
    except (store.MissingRun, store.DamagedRun) as error:
        st.error(str(error), icon=":material/error:")
        return None


def readable(name_or_key: str) -> Run | None:
    """The run, or None where it is missing or damaged, for a page that says so elsewhere."""
    try:
        return run(name_or_key)
    except (store.MissingRun, store.DamagedRun):
        return None


@st.cache_data(show_spinner=False, max_entries=64)
def weights(name_or_key: str, parameter: str):
    """One parameter over all stored states, (states, ...) float32; treat it as read-only."""
    return run(name_or_key).weights(parameter)


@st.cache_resource(show_spinner=False, max_entries=16)
def last_state(name_or_key: str) -> dict[str, np.ndarray]:
    """Every parameter of a run's last state, float32; treat it as read-only."""
    return run(name_or_key).state(-1)


def test_digits() -> digits.Digits:
    """MNIST's test digits, or those that stand in; read once, and again when MNIST comes or goes. Treat them as read-only."""
    return _test_digits(catalog.stamp("mnist"))


@st.cache_resource(show_spinner="Reading the digits", max_entries=2)
def _test_digits(stamp: str) -> digits.Digits:
    return digits.load_any("test")
