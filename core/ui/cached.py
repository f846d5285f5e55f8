"""What pages share in memory: stored runs and their weights, read-only, one copy for everyone, by key."""

from types import MappingProxyType

import numpy as np
import streamlit as st

from core.data import catalog as data_catalog
from core.data import digits
from core.frame.plain import plain
from core.runs import catalog, store
from core.runs.run import Run
from core.serving.mapped import mapped
from core.serving.shared import shared
from core.specs import DataSpec
from core.training import samples


@shared()
def run(id_: str) -> Run:
    """A stored run by its shipped name or its key.

    Raises:
        core.runs.store.MissingRun, core.runs.store.DamagedRun: with a sentence for the page.
    """
    return catalog.load(id_)


def run_or_say(id_: str) -> Run | None:
    """The run, or None after saying on the page what is wrong with it and what to do."""
    try:
        return run(id_)
    except (store.MissingRun, store.DamagedRun) as error:
        st.error(plain(error), icon=":material/error:")
        return None


def readable(id_: str) -> Run | None:
    """The run, or None where it is missing or damaged, for a page that says so elsewhere."""
    try:
        return run(id_)
    except (store.MissingRun, store.DamagedRun):
        return None


def weights(id_: str, parameter: str) -> np.ndarray:
    """One parameter of a stored run over its states, (states, ...) float32, read-only."""
    return stack(run(id_), parameter)


def stack(run: Run, parameter: str) -> np.ndarray:
    """One parameter over all stored states, (states, ...) float32, read-only.

    Raises:
        KeyError: the run does not store this parameter.
    """
    return _stack(run, run.key, run.states, parameter)


def images(data: DataSpec, split: str) -> tuple[np.ndarray, np.ndarray]:
    """The images (N, ...) of a split that a data spec asks for, and their labels (N,), both uint8 and read-only.

    Raises:
        SpecError, core.data.folder.MissingData: as core.training.samples.part.
    """
    return _images(data, split, data_catalog.stamp(data))


@shared("Reading the images")
def _images(data: DataSpec, split: str, stamp: str) -> tuple[np.ndarray, np.ndarray]:
    """Read again when the data set comes or goes; 30 MB of CIFAR-10 would push out what takes long to work out."""
    found, labels = samples.part(data, split)
    return mapped(found), labels


@shared()
def _stack(_run: Run, key: str, states: int, parameter: str) -> np.ndarray:
    """By key and number of states, which rises while a run is in training."""
    return _run.weights(parameter)


def state(run: Run, index: int) -> dict[str, np.ndarray]:
    """Every parameter that is kept of one state, float32, read-only."""
    return _state(run, run.key, run.states, index % run.states)


@shared()  # and no more bytes than `shared` gives room: of a large network a state has tens of MB
def _state(_run: Run, key: str, states: int, index: int) -> dict[str, np.ndarray]:
    return MappingProxyType(_run.state(index))  # type: ignore[return-value]


def last_state(id_: str) -> dict[str, np.ndarray]:
    """Every parameter of a run's last state, float32, read-only."""
    return state(run(id_), -1)


def test_digits() -> digits.Digits:
    """MNIST's test digits, or those that stand in; read once, and again when MNIST comes or goes."""
    return _test_digits(data_catalog.stamp("mnist"))


@shared("Reading the digits")
def _test_digits(stamp: str) -> digits.Digits:
    return digits.load_any("test")
