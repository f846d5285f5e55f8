"""The test digits that the MLP page sends through a network, and every unit's answer to them."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.data import digits
from core.models import dense
from core.runs.run import Run


@dataclass(frozen=True)
class DigitSet:
    """Test images flattened, and which they are."""

    images: np.ndarray  # (N, 784) float32 in [0, 1], ink 1
    labels: np.ndarray  # (N,) int64
    source: str  # "MNIST", or the name of the set that stands in

    @property
    def words(self) -> str:
        """The number of images and where they come from, for a sentence."""
        count = f"{len(self.labels):,}"
        if self.source == digits.SOURCE:
            return f"{count} {digits.SOURCE} test images"
        return f"{count} {self.source}"


def test_digits() -> DigitSet:
    """The test images that are on this machine; those of MNIST where they are whole."""
    return _test_digits(not digits.trouble())


@st.cache_resource(show_spinner=False)
def _test_digits(whole: bool) -> DigitSet:
    """Read once for each answer to "is MNIST whole?"."""
    found = digits.load_any("test")
    return DigitSet(dense.inputs(found.images), found.labels.astype(np.int64), found.source)


@st.cache_resource(show_spinner=False, max_entries=24)
def activations(_run: Run, key: str, state: int, _digits: DigitSet, source: str) -> list[np.ndarray]:
    """Every layer's activations of the test digits, the pixels first; 3.8 MB for 10,000 images, pixels shared."""
    model = _run.spec.model
    return dense.forward(_run.state(state), _digits.images, model.activation, model.output)


def seen(run: Run, state: int, images: DigitSet) -> list[np.ndarray]:
    """`activations`, with its keys filled in."""
    return activations(run, run.key, state, images, images.source)
