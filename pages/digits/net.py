"""What the digits page keeps in memory: its runs, the weights of a state, test digits, scales and surveys; all read-only."""

import re
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.analysis import digit_survey
from core.analysis.digit_survey import Survey
from core.analysis.templates import limit
from core.data import digits
from core.models.network import activations
from core.runs import shipped, store
from core.runs.run import Run
from core.ui import cached

KIND = "digit_cnn"
DEFAULT = "digit-cnn"
SHIPPED = {name: spec for name, spec in shipped.RUNS.items() if spec.model.kind == KIND}
PROBE = 300  # test digits whose activations set the colour scales
_KEY = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True)
class Net:
    """One state of one run, as the page shows it."""

    name: str  # shipped name or key
    run: Run
    state: int

    @property
    def weights(self) -> dict[str, np.ndarray]:
        return state_weights(self.run.key, self.state)

    def at(self, state: int) -> "Net":
        """The same run at another state; negative numbers count from the end."""
        return Net(self.name, self.run, state % self.run.states)

    @property
    def words(self) -> str:
        """Which run and state this is, for a sentence."""
        return f"{self.name}, {state_name(self.run, self.state)}"

    def see(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """Every activation of one image (28, 28) in [0, 1]: name -> (1, ...)."""
        return activations(self.run.spec.model, self.weights, image[None])


def known(text: str) -> str:
    """The name or key of a digit CNN that is stored here.

    Raises:
        ValueError: there is none.
    """
    if text in SHIPPED:
        return text
    if not _KEY.fullmatch(text):
        raise ValueError(text)
    try:
        if cached.run(text).spec.model.kind != KIND:
            raise ValueError(text)
    except (store.MissingRun, store.DamagedRun) as error:
        raise ValueError(text) from error
    return shipped.NAMES.get(text, text)


def opened(name: str) -> Run | str:
    """A digit network's run, or the sentence that says why it cannot be shown."""
    try:
        return cached.run(name)
    except (store.MissingRun, store.DamagedRun) as error:
        return str(error)


def epochs(run: Run) -> list[str]:
    """How each stored state stands in the link: epochs completed, short."""
    return [f"{epoch:.4g}" for epoch in run.epochs]


def nearest(run: Run, epoch: str) -> int:
    """The stored state nearest to an epoch, "" for the last."""
    return int(np.abs(run.epochs - float(epoch)).argmin()) if epoch else run.states - 1


def state_name(run: Run, state: int) -> str:
    """A state in words: epochs, or steps inside the first epoch."""
    epoch = run.epochs[state]
    if epoch == 0:
        return "untrained"
    if epoch < 1:
        step = int(run.history["step"][state])
        return f"step {step} of epoch 1"
    return f"epoch {epoch:g}"


@st.cache_resource(show_spinner=False, max_entries=64)
def state_weights(key: str, state: int) -> dict[str, np.ndarray]:
    """Every parameter of one stored state."""
    return cached.run(key).state(state)


def test_digits() -> digits.Digits:
    """The test digits on this machine: MNIST's 10,000, or those that stand in."""
    return cached.test_digits()


def probe() -> np.ndarray:
    """A few test digits, (300, 28, 28) in [0, 1]."""
    return test_digits().images[:PROBE] / np.float32(255)


def limits(key: str) -> dict[str, float]:
    """The value of each layer that gets the strongest colour: 99.9 % of the trained net's values on test digits lie below."""
    return _limits(key, test_digits().source)


@st.cache_resource(show_spinner=False, max_entries=32)
def _limits(key: str, source: str) -> dict[str, float]:
    """Taken once for each run and source of the test digits."""
    run = cached.run(key)
    acts = activations(run.spec.model, state_weights(key, run.states - 1), probe(), np.float32)
    return {name: limit(values, 0.999) for name, values in acts.items()} | {"input": 1.0, "probabilities": 1.0}


@st.cache_resource(show_spinner="Looking at every test digit...", max_entries=2)
def survey(key: str, state: int, source: str) -> Survey:
    """One state's pass over all test digits; about 110 MB for MNIST's, so few are kept.

    Args:
        source: of the test digits, so that a change of the data is seen.
    """
    found = test_digits()
    return digit_survey.survey(cached.run(key).spec.model, state_weights(key, state), found.images, found.labels.astype(np.int64))


def net(name: str, state: int) -> Net:
    """One state of one run.

    Raises:
        core.runs.store.MissingRun, core.runs.store.DamagedRun: with a sentence for the page.
    """
    run = cached.run(name)
    return Net(name, run, min(state, run.states - 1))


def names() -> list[str]:
    """Names and keys that the page offers: the shipped runs, and those that this session trained or was linked to."""
    own = st.session_state.setdefault("_digits-own", [])
    asked = st.session_state.get("digits-run")
    if asked and asked not in SHIPPED and asked not in own:
        own.append(asked)
    return [*SHIPPED, *own]


def label(name: str) -> str:
    """A run in words."""
    run = opened(name)
    if isinstance(run, str):
        return f"{name}: cannot be shown"
    share = 100 * run.history["accuracy_test"][-1]
    own = "" if name in SHIPPED else f", seed {run.spec.model.seed}, {name[:6]}"
    return f"{run.spec.data.train:,} digits, {run.spec.train.epochs} epochs: {share:.1f}%{own}"
