"""What the CNN page computes, once for everybody: networks, test images, answers, responses."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis import kernels
from core.data.pulse_sets import pulse_set
from core.data.pulses import MEANINGS, Pulses
from core.models import network
from core.specs import PulseSpec
from core.ui import cached


@st.cache_resource(show_spinner=False, max_entries=4)
def test_set(name: str) -> Pulses:
    """The test pulses of a run; treat them as read-only."""
    return pulse_set(cached.run(name).spec.data, "test")


@st.cache_resource(show_spinner=False, max_entries=24)
def weights(name: str, state: int) -> dict[str, np.ndarray]:
    """The convolutions of one state and the dense layers of the last, which alone are kept."""
    return cached.run(name).complete(state)


@st.cache_data(show_spinner="Reading the test images ...", max_entries=8)
def test_answers(name: str) -> np.ndarray:
    """What the last state says to each test image, (images, classes)."""
    return network.answers(cached.run(name).spec.model, weights(name, -1), test_set(name).images)


@st.cache_data(show_spinner=False, max_entries=32)
def activations(name: str, state: int, image: np.ndarray) -> dict[str, np.ndarray]:
    """Every layer's output for one image (h, w) by name; what the dense layers give means something in the last state alone."""
    return network.activations(cached.run(name).spec.model, weights(name, state), image[None], np.float32)


@st.cache_data(show_spinner="Moving the pulse ...", max_entries=64)
def sweep(name: str, state: int, kind: str, parameter: str, fixed: tuple[tuple[str, float], ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Outputs and kernels' strongest responses along a parameter, over its whole span."""
    from core.analysis import pulse_response

    run = cached.run(name)
    spec = run.spec.data.pulses
    assert spec is not None
    return pulse_response.sweep(run.spec.model, weights(name, state), spec, kind, parameter, dict(fixed), span(spec, parameter))


def span(spec: PulseSpec, parameter: str) -> tuple[float, float]:
    """All that a parameter may be, which is more than a network was trained with."""
    meaning = MEANINGS[parameter]
    low, high = getattr(spec, parameter)
    return min(meaning.least, low), max(meaning.most, high)


@st.cache_data(show_spinner="Looking for the patches that each kernel likes ...", max_entries=8)
def liked(name: str, state: int, images: int, count: int, label: int | None = None) -> pd.DataFrame:
    """The test patches that each kernel answers to most, among the first `images` test images, of one class if `label` says so."""
    from core.analysis import pulse_response

    found = test_set(name)
    rows = np.flatnonzero((found.labels[:images] == label) | (label is None))
    best = pulse_response.liked(cached.run(name).spec.model, weights(name, state), found.images[rows], count)
    return best.assign(image=rows[best["image"]])


@st.cache_data(show_spinner=False, max_entries=16)
def planes(name: str, parameter: str) -> np.ndarray:
    """A convolution's 2-D kernels over the states, (states, kernels, k, k)."""
    return kernels.planes(cached.run(name).weights(parameter))


@st.cache_data(show_spinner=False, max_entries=16)
def structure(name: str) -> pd.DataFrame:
    """low and tv of each first kernel over the states."""
    return kernels.structure(cached.run(name).epochs, planes(name, "conv1.kernel"))
